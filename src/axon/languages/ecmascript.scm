; What both grammar families share. One capture for each fact; rooted patterns only, no predicates. What is free: an anchor
; before a child that its parent begins with (a fifth of the time was spent on looking for it among later children), and
; `(_ x: (y))`, which is looked for at y and then takes its parent. Patterns with one root are one where they can be.
(function_declaration name: (identifier) @function.name body: (statement_block) @function.body) @function @block.receiver
(generator_function_declaration name: (identifier) @function.name body: (statement_block) @function.body) @function @block.receiver
(variable_declarator . name: (identifier) @function.name value: [(arrow_function body: (_) @function.body) (function_expression body: (_) @function.body) (generator_function body: (_) @function.body)]) @function
(variable_declarator . name: (identifier) @function.name value: (parenthesized_expression [(arrow_function body: (_) @function.body) (function_expression body: (_) @function.body)])) @function
(variable_declarator . name: (identifier) @function.name value: (binary_expression operator: ["||" "??"] right: [(arrow_function body: (_) @function.body) (function_expression body: (_) @function.body)])) @function
(assignment_expression . left: (member_expression) @function.name right: [(arrow_function body: (_) @function.body) (function_expression body: (_) @function.body) (generator_function body: (_) @function.body)]) @function
(class_body (method_definition name: (_) @function.name body: (statement_block) @function.body) @function)
(export_statement "default" @function.name value: [(arrow_function body: (_) @function.body) (function_expression !name body: (_) @function.body) (generator_function !name body: (_) @function.body)]) @function
(export_statement "default" @class.name value: (class !name body: (class_body) @class.body)) @class
(variable_declarator . name: (identifier) @class.name value: (class body: (class_body) @class.body)) @class
(assignment_expression . left: (member_expression) @class.name right: (class body: (class_body) @class.body)) @class
(return_statement (class name: (_) @class.name body: (class_body) @class.body) @class)
(return_statement (class !name "class" @class.name body: (class_body) @class.body) @class)
(arrow_function body: (class name: (_) @class.name body: (class_body) @class.body) @class)
(arrow_function body: (class !name "class" @class.name body: (class_body) @class.body) @class)
(variable_declarator . name: (identifier) @object.name value: (object [(method_definition name: (_) @function.name body: (statement_block) @function.body) @function (pair . key: (_) @function.name value: [(arrow_function body: (_) @function.body) (function_expression body: (_) @function.body)]) @function]) @object.body) @object
(assignment_expression . left: (member_expression) @object.name right: (object [(method_definition name: (_) @function.name body: (statement_block) @function.body) @function (pair . key: (_) @function.name value: [(arrow_function body: (_) @function.body) (function_expression body: (_) @function.body)]) @function]) @object.body) @object
(export_statement "default" @object.name value: (object [(method_definition name: (_) @function.name body: (statement_block) @function.body) @function (pair . key: (_) @function.name value: [(arrow_function body: (_) @function.body) (function_expression body: (_) @function.body)]) @function]) @object.body) @object
(pair . key: (_) @held.name value: (object [(method_definition body: (statement_block)) (pair value: [(arrow_function) (function_expression)])]) @held.body) @held
(object (method_definition name: (_) @loose.name body: (statement_block) @loose.body) @loose)
(pair . key: (_) @loose.name value: [(arrow_function body: (_) @loose.body) (function_expression body: (_) @loose.body)]) @loose
(call_expression . function: [(identifier) (member_expression) (primary_expression) (expression)] @call)
(call_expression . function: (import)) @import
(new_expression constructor: (_) @call)
(import_statement) @import
(variable_declarator value: (call_expression . function: (identifier) arguments: (arguments . (string) .))) @import
(variable_declarator value: (member_expression . object: (call_expression . function: (identifier) arguments: (arguments . (string) .)))) @import
(variable_declarator value: (await_expression (call_expression . function: (import)))) @import
(call_expression . function: (identifier) arguments: (arguments . (string) .)) @import
(assignment_expression . left: (member_expression) right: (call_expression . function: (identifier) arguments: (arguments . (string) .))) @import
(assignment_expression . left: (member_expression) right: (member_expression . object: (call_expression . function: (identifier) arguments: (arguments . (string) .)))) @import
(variable_declarator value: (call_expression . function: (_) arguments: (arguments . (call_expression . function: (identifier) arguments: (arguments . (string) .)) .))) @import
(assignment_expression . left: (member_expression) right: (call_expression . function: (_) arguments: (arguments . (call_expression . function: (identifier) arguments: (arguments . (string) .)) .))) @import
(expression_statement (call_expression . function: (_) arguments: (arguments . (call_expression . function: (identifier) arguments: (arguments . (string) .)))) @import)
(expression_statement (call_expression . function: (_) arguments: (arguments . (_) . (call_expression . function: (identifier) arguments: (arguments . (string) .)))) @import)
(export_statement source: (string)) @import
(export_statement (export_clause)) @export
(export_statement (namespace_export)) @export
(export_statement value: (identifier)) @export
(export_statement declaration: (_) @export.declaration)
(export_statement "default" @export.default)
(assignment_expression . left: (member_expression) @export.assigned)
(assignment_expression . left: (member_expression . object: (this)) @target)
(lexical_declaration . kind: "const" (variable_declarator . name: (_) @target))
(lexical_declaration . kind: "let" (variable_declarator . name: (_) @target.mutable))
(variable_declaration (variable_declarator . name: (_) @target.hoisted))
(for_in_statement left: (_) @target.local) @block
(catch_clause parameter: (_) @target.local)
(statement_block) @block
(for_statement) @block
(catch_clause) @block
(switch_body) @block
(class_static_block) @block.function
(arrow_function parameters: (formal_parameters) @block.parameters) @block.function
(arrow_function parameter: (identifier) @block.parameters) @block.function
(function_expression parameters: (formal_parameters) @block.parameters) @block.function @block.receiver
(function_expression name: (identifier) @inner.name body: (_) @inner.body) @inner
(generator_function name: (identifier) @inner.name body: (_) @inner.body) @inner
(function_expression name: (identifier) @block.parameters)
(generator_function parameters: (formal_parameters) @block.parameters) @block.function @block.receiver
(object (method_definition parameters: (formal_parameters) @block.parameters) @block.function @block.receiver)
(yield_expression) @yield
(member_expression) @attribute
(ERROR) @damage

; Where values go.
(arguments) @arguments
(variable_declarator value: (_) @value)
(assignment_expression . left: (_) @assigned right: (_) @value)
(return_statement (_) @returned)
(arrow_function body: (expression) @returned)
(export_statement "default" @target value: [(object) (call_expression) (new_expression) (array)] @value)
(for_in_statement left: (_) @loop.target operator: "of" right: (_) @loop.value body: (_) @loop.body)
(binary_expression left: (_) operator: "instanceof" right: (_)) @check
; What runs or not.
(if_statement) @choice
(if_statement consequence: (_) @choice.arm)
(else_clause (_) @choice.else)
(while_statement body: (_) @loop.body.while)
(for_statement body: (_) @loop.body.while)
(catch_clause body: (_) @maybe)
(switch_case) @maybe
(switch_default) @maybe
