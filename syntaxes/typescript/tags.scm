; Definitions, imports and references for the index: see src/context/syntax/fileTags.ts for what each capture means.
; Used by TypeScript and TSX.

(class_declaration name: (type_identifier) @name) @definition.class
(abstract_class_declaration name: (type_identifier) @name) @definition.class
(interface_declaration name: (type_identifier) @name) @definition.interface
(type_alias_declaration name: (type_identifier) @name) @definition.type
(enum_declaration name: (identifier) @name) @definition.enum
(enum_body (property_identifier) @name @definition.enumMember)
(enum_body (enum_assignment name: (property_identifier) @name) @definition.enumMember)
(internal_module name: (_) @name) @definition.module
(module name: (_) @name) @definition.module
(function_signature name: (identifier) @name) @definition.function
(abstract_method_signature name: (_) @name) @definition.method
(method_signature name: (_) @name) @definition.method
(public_field_definition name: (_) @name) @definition.field
(property_signature name: (_) @name) @definition.field
(required_parameter (accessibility_modifier) pattern: (identifier) @name) @definition.field
(ambient_declaration (lexical_declaration (variable_declarator name: (identifier) @name)) @definition.constant)
(ambient_declaration (variable_declaration (variable_declarator name: (identifier) @name)) @definition.variable)
(import_require_clause (identifier) @import.namespace source: (string (string_fragment) @import.source)) @import
(type_identifier) @reference
(function_declaration name: (identifier) @name) @definition.function
(generator_function_declaration name: (identifier) @name) @definition.function
(method_definition name: (_) @name) @definition.method
(program (lexical_declaration (variable_declarator name: (identifier) @name)) @definition.constant)
(program (variable_declaration (variable_declarator name: (identifier) @name)) @definition.variable)
(export_statement (lexical_declaration (variable_declarator name: (identifier) @name)) @definition.constant)
(export_statement (variable_declaration (variable_declarator name: (identifier) @name)) @definition.variable)

(import_statement source: (string (string_fragment) @import.source)) @import
(import_statement (import_clause (identifier) @import.default)) @import
(import_statement (import_clause (namespace_import (identifier) @import.namespace))) @import
(import_statement (import_clause (named_imports (import_specifier name: (_) @import.name)))) @import
(import_specifier alias: (identifier) @import.alias)
(export_statement source: (string (string_fragment) @import.source)) @import
(export_statement (export_clause (export_specifier name: (_) @import.name)) source: (string)) @import
(call_expression
  function: (identifier) @_require
  arguments: (arguments . (string (string_fragment) @import.source) .)
  (#eq? @_require "require")) @import
(call_expression
  function: (import)
  arguments: (arguments . (string (string_fragment) @import.source) .)) @import
(variable_declarator
  name: (identifier) @import.namespace
  value: (call_expression
    function: (identifier) @_require
    arguments: (arguments . (string) .)) @import
  (#eq? @_require "require"))
(variable_declarator
  name: (object_pattern (shorthand_property_identifier_pattern) @import.name)
  value: (call_expression
    function: (identifier) @_require
    arguments: (arguments . (string) .)) @import
  (#eq? @_require "require"))

(identifier) @reference
(property_identifier) @reference
(private_property_identifier) @reference
(shorthand_property_identifier) @reference
(shorthand_property_identifier_pattern) @reference
