; One capture for each fact. Rooted patterns only, no predicates, no wildcard roots: each costs every node of the tree.
(function_definition name: (identifier) @function.name body: (block) @function.body) @function
(class_definition name: (identifier) @class.name body: (block) @class.body) @class
(class_definition superclasses: (argument_list [(identifier) (attribute) (subscript) (call)] @base))
(call function: (_) @call)
(argument_list) @arguments
(decorator (_) @decorator)
(type) @type
(type_alias_statement left: (type) @alias.name) @alias
(import_statement) @import
(import_from_statement) @import
(future_import_statement) @import
(assignment left: (_) @target)
(augmented_assignment left: (identifier) @target.augmented)
(augmented_assignment) @augmented
(for_statement left: (_) @target.local @loop.target right: (_) @loop.value body: (_) @loop.body)
(for_statement "async" right: (_) @loop.async)
(named_expression name: (identifier) @target.local @walrus.target value: (_) @walrus.value)
(as_pattern_target) @target.local
(case_pattern (dotted_name) @target.pattern)
(keyword_pattern (dotted_name) @target.pattern)
(splat_pattern (identifier) @target.pattern)
(as_pattern (case_pattern) (identifier) @target.pattern)
(global_statement) @rebind.global
(nonlocal_statement) @rebind.nonlocal
(for_in_clause left: (_) @scope.target right: (_) @clause.value)
(for_in_clause "async" right: (_) @clause.async)
(function_definition type_parameters: (type_parameter) @scope.types) @scope
(class_definition type_parameters: (type_parameter) @scope.types) @scope
(type_alias_statement left: (type (generic_type (type_parameter) @scope.types))) @scope
(lambda parameters: (lambda_parameters) @scope.parameters) @scope
(list_comprehension) @scope
(set_comprehension) @scope
(dictionary_comprehension) @scope
(generator_expression) @scope @arguments
(yield) @yield
(ERROR) @damage

; Where values go.
(assignment right: (_) @value)
(with_item value: (_) @context)
(with_statement "async" (with_clause (with_item value: (_) @context.async)))
(except_clause value: (as_pattern) @caught)
(return_statement (_) @returned)
(match_statement) @match
; What runs a method without calling it.
(attribute) @attribute
(subscript) @element
(binary_operator) @operation
(comparison_operator) @comparison
(unary_operator) @operation.unary
(await) @await
(delete_statement (_) @deleted)
(raise_statement . (_) @raised)
(interpolation) @formatted
(if_statement condition: (_) @tested)
(elif_clause condition: (_) @tested)
(while_statement condition: (_) @tested)
(if_clause (_) @tested)
(assert_statement . (_) @tested)
(assert_statement (_) . (_) @said)
(not_operator argument: (_) @tested)
(boolean_operator left: (_) @tested)
(conditional_expression (_) . (_) @tested . (_))
; What runs or not.
(if_statement) @choice
(if_statement consequence: (_) @choice.arm)
(elif_clause consequence: (_) @choice.arm)
(if_statement alternative: (else_clause body: (_) @choice.else))
(while_statement body: (_) @loop.body.while)
(except_clause (block) @maybe)
(case_clause consequence: (_) @case)
