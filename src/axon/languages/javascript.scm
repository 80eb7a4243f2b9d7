; The grammar of JavaScript with JSX, besides ecmascript.scm and jsx.scm.
(class_declaration name: (identifier) @class.name body: (class_body) @class.body) @class
(field_definition property: (_) @target)
(field_definition property: (_) @function.name value: (arrow_function body: (_) @function.body)) @function
(field_definition property: (_) @function.name value: (function_expression body: (_) @function.body)) @function
(class_heritage (_) @base)
(class_body (method_definition (decorator (_) @decorator)))
(class_declaration (decorator (_) @decorator))
(export_statement (decorator (_) @decorator))
(field_definition value: (_) @value)
