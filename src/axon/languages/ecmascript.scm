; What both grammar families share. One capture for each fact; rooted patterns only, no predicates.
(function_declaration name: (identifier) @function.name body: (statement_block) @function.body) @function
(generator_function_declaration name: (identifier) @function.name body: (statement_block) @function.body) @function
(variable_declarator name: (identifier) @function.name value: [(arrow_function body: (_) @function.body) (function_expression body: (_) @function.body) (generator_function body: (_) @function.body)]) @function
(assignment_expression left: (member_expression) @function.name right: [(arrow_function body: (_) @function.body) (function_expression body: (_) @function.body) (generator_function body: (_) @function.body)]) @function
(class_body (method_definition name: (_) @function.name body: (statement_block) @function.body) @function)
(export_statement "default" @function.name value: [(arrow_function body: (_) @function.body) (function_expression !name body: (_) @function.body) (generator_function !name body: (_) @function.body)]) @function
(export_statement "default" @class.name value: (class !name body: (class_body) @class.body)) @class
(variable_declarator name: (identifier) @class.name value: (class body: (class_body) @class.body)) @class
(assignment_expression left: (member_expression) @class.name right: (class body: (class_body) @class.body)) @class
(variable_declarator name: (identifier) @object.name value: (object [(method_definition) (pair value: [(arrow_function) (function_expression)])]) @object.body) @object
(assignment_expression left: (member_expression) @object.name right: (object [(method_definition) (pair value: [(arrow_function) (function_expression)])]) @object.body) @object
(export_statement "default" @object.name value: (object [(method_definition) (pair value: [(arrow_function) (function_expression)])]) @object.body) @object
(variable_declarator name: (identifier) value: (object [(method_definition name: (_) @function.name body: (statement_block) @function.body) @function (pair key: (_) @function.name value: [(arrow_function body: (_) @function.body) (function_expression body: (_) @function.body)]) @function]))
(assignment_expression left: (member_expression) right: (object [(method_definition name: (_) @function.name body: (statement_block) @function.body) @function (pair key: (_) @function.name value: [(arrow_function body: (_) @function.body) (function_expression body: (_) @function.body)]) @function]))
(export_statement "default" value: (object [(method_definition name: (_) @function.name body: (statement_block) @function.body) @function (pair key: (_) @function.name value: [(arrow_function body: (_) @function.body) (function_expression body: (_) @function.body)]) @function]))
(call_expression function: [(identifier) (member_expression) (call_expression) (parenthesized_expression) (subscript_expression) (super)] @call)
(new_expression constructor: (_) @call)
(import_statement) @import
(call_expression function: (import)) @import
(variable_declarator value: (call_expression function: (identifier) arguments: (arguments . (string) .))) @import
(variable_declarator value: (member_expression object: (call_expression function: (identifier) arguments: (arguments . (string) .)))) @import
(variable_declarator value: (await_expression (call_expression function: (import)))) @import
(expression_statement (call_expression function: (identifier) arguments: (arguments . (string) .))) @import
(export_statement source: (string)) @import
(assignment_expression left: (member_expression) right: (call_expression function: (identifier) arguments: (arguments . (string) .))) @import
(export_statement (export_clause)) @export
(export_statement (namespace_export)) @export
(export_statement value: (identifier)) @export
(export_statement declaration: (_) @export.declaration)
(export_statement "default" @export.default)
(assignment_expression left: (member_expression) @export.assigned)
(lexical_declaration "const" (variable_declarator name: (_) @target))
(lexical_declaration "let" (variable_declarator name: (_) @target.mutable))
(variable_declaration (variable_declarator name: (_) @target.hoisted))
(for_in_statement left: (_) @target.local)
(catch_clause parameter: (_) @target.local)
(assignment_expression left: (member_expression object: (this)) @target)
(statement_block) @block
(for_statement) @block
(for_in_statement) @block
(catch_clause) @block
(switch_body) @block
(arrow_function) @block.function
(function_expression) @block.function
(generator_function) @block.function
(object (method_definition) @block.function)
(class_static_block) @block.function
(arrow_function parameters: (formal_parameters) @block.parameters)
(arrow_function parameter: (identifier) @block.parameters)
(function_expression parameters: (formal_parameters) @block.parameters)
(function_expression name: (identifier) @block.parameters)
(generator_function parameters: (formal_parameters) @block.parameters)
(object (method_definition parameters: (formal_parameters) @block.parameters))
(function_declaration) @block.receiver
(function_expression) @block.receiver
(generator_function) @block.receiver
(generator_function_declaration) @block.receiver
(object (method_definition) @block.receiver)
(yield_expression) @yield
(ERROR) @damage
