; One capture for each fact. Rooted patterns only, no predicates, no wildcard roots: each costs every node of the tree.
(function_definition name: (identifier) @function.name body: (block) @function.body) @function
(class_definition name: (identifier) @class.name body: (block) @class.body) @class
(class_definition superclasses: (argument_list [(identifier) (attribute) (subscript) (call)] @base))
(call function: (_) @call)
(decorator (_) @decorator)
(type) @type
(type_alias_statement left: (type) @alias.name) @alias
(import_statement) @import
(import_from_statement) @import
(future_import_statement) @import
(assignment left: (_) @target)
(augmented_assignment left: (identifier) @target.augmented)
(for_statement left: (_) @target.local)
(named_expression name: (identifier) @target.local)
(as_pattern_target) @target.local
(case_pattern (dotted_name) @target.pattern)
(keyword_pattern (dotted_name) @target.pattern)
(splat_pattern (identifier) @target.pattern)
(as_pattern (case_pattern) (identifier) @target.pattern)
(global_statement) @rebind.global
(nonlocal_statement) @rebind.nonlocal
(for_in_clause left: (_) @scope.target)
(function_definition type_parameters: (type_parameter) @scope.types) @scope
(class_definition type_parameters: (type_parameter) @scope.types) @scope
(type_alias_statement left: (type (generic_type (type_parameter) @scope.types))) @scope
(lambda parameters: (lambda_parameters) @scope.parameters) @scope
(list_comprehension) @scope
(set_comprehension) @scope
(dictionary_comprehension) @scope
(generator_expression) @scope
(yield) @yield
(ERROR) @damage
