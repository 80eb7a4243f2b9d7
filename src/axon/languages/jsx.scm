; Markup elements: which of them are calls, the language says.
(jsx_opening_element name: (_) @call.element)
(jsx_self_closing_element name: (_) @call.element)
