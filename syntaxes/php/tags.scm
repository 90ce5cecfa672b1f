; Definitions, imports and references for the index: see src/context/syntax/fileTags.ts for what each capture means.

(class_declaration name: (name) @name) @definition.class
(interface_declaration name: (name) @name) @definition.interface
(trait_declaration name: (name) @name) @definition.class
(enum_declaration name: (name) @name) @definition.enum
(enum_case name: (name) @name) @definition.enumMember
(function_definition name: (name) @name) @definition.function
(method_declaration name: (name) @name) @definition.method
(property_declaration (property_element name: (variable_name (name) @name))) @definition.field
(property_promotion_parameter name: (variable_name (name) @name)) @definition.field
(const_declaration (const_element (name) @name)) @definition.constant
(namespace_definition name: (namespace_name) @package)

(namespace_use_declaration (namespace_use_clause (qualified_name) @import.module)) @import
(namespace_use_declaration (namespace_use_clause . (name) @import.module)) @import
(namespace_use_clause alias: (name) @import.alias)
(require_expression (string (string_content) @import.source)) @import
(require_once_expression (string (string_content) @import.source)) @import
(include_expression (string (string_content) @import.source)) @import
(include_once_expression (string (string_content) @import.source)) @import
(require_expression (binary_expression right: (string (string_content) @import.source))) @import
(require_once_expression (binary_expression right: (string (string_content) @import.source))) @import
(include_once_expression (binary_expression right: (string (string_content) @import.source))) @import

(name) @reference
