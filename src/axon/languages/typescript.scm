; The grammars of TypeScript and TSX, besides ecmascript.scm.
(class_declaration name: (type_identifier) @class.name body: (class_body) @class.body) @class
(abstract_class_declaration name: (type_identifier) @class.name body: (class_body) @class.body) @class
(interface_declaration name: (type_identifier) @interface.name body: (interface_body) @interface.body) @interface
(interface_body (call_signature) @call.signature)
(enum_declaration name: (identifier) @enum.name body: (enum_body) @enum.body) @enum
(internal_module name: [(identifier) (nested_identifier)] @module.name body: (statement_block) @module.body) @module
(module name: [(identifier) (nested_identifier)] @module.name body: (statement_block) @module.body) @module
(function_signature name: (identifier) @signature.name) @signature
(class_body (method_signature name: (_) @signature.name) @signature)
(interface_body (method_signature name: (_) @signature.name) @signature)
(abstract_method_signature name: (_) @signature.name) @signature
(public_field_definition name: (_) @target)
(public_field_definition name: (_) @function.name value: [(arrow_function body: (_) @function.body) (function_expression body: (_) @function.body)]) @function
(_ (accessibility_modifier) pattern: (identifier) @target)
(_ "readonly" pattern: (identifier) @target)
(interface_body (property_signature name: (_) @target))
(enum_body name: (_) @member)
(enum_assignment . name: (_) @member)
(type_alias_declaration name: (type_identifier) @alias.name) @alias
(import_alias . (identifier) @target)
(extends_clause value: (_) @base)
(extends_type_clause type: (_) @base)
(implements_clause (_) @base.contract)
(type_identifier) @type
(nested_type_identifier) @type
(_ type_parameters: (type_parameters) @scope.types) @scope
(export_statement "=" (_)) @export
(class_body (decorator (_) @decorator))
(class_declaration (decorator (_) @decorator))
(abstract_class_declaration (decorator (_) @decorator))
(export_statement (decorator (_) @decorator))
(public_field_definition value: (_) @value)
(variable_declarator type: (type_annotation) @declared)
(public_field_definition type: (type_annotation) @declared)
(property_signature type: (type_annotation) @declared)
(_ (accessibility_modifier) pattern: (identifier) type: (type_annotation) @declared)
(variable_declarator . name: (identifier) @function.name value: [(as_expression (parenthesized_expression [(arrow_function body: (_) @function.body) (function_expression body: (_) @function.body)])) (satisfies_expression (parenthesized_expression [(arrow_function body: (_) @function.body) (function_expression body: (_) @function.body)])) (as_expression (as_expression (parenthesized_expression [(arrow_function body: (_) @function.body) (function_expression body: (_) @function.body)])))]) @function
