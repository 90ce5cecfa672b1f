import type { ChatFormat } from "../../src/model/manifest.ts";

/**
 * Templates in the manner of published families, with the special tokens of the small test vocabulary. Each
 * has a habit that a reader of templates has to cope with.
 */
export const familyTemplates: Readonly<Record<string, ChatFormat>> = {
	/** A default system message; nothing is trimmed. */
	chatMl: {
		template: `{%- if messages[0]['role'] == 'system' %}
    {{- '<|repo|>system\\n' + messages[0]['content'] + '<|pad|>\\n' }}
{%- else %}
    {{- '<|repo|>system\\nYou are a test.<|pad|>\\n' }}
{%- endif %}
{%- for message in messages %}
    {%- if (message.role == "user") or (message.role == "system" and not loop.first) or (message.role == "assistant" and not message.tool_calls) %}
        {{- '<|repo|>' + message.role + '\\n' + message.content + '<|pad|>' + '\\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|repo|>assistant\\n' }}
{%- endif %}
`,
		specialTokens: ["<|repo|>", "<|pad|>"],
		stopTokens: ["<|pad|>"],
	},
	/** Looks for marks of thinking in messages, walks backwards, and may switch thinking off. */
	thinking: {
		template: `{%- set ns = namespace(multi_step_tool=true, last_query_index=messages|length - 1) %}
{%- for message in messages[::-1] %}
    {%- set index = (messages|length - 1) - loop.index0 %}
    {%- if ns.multi_step_tool and message.role == "user" and message.content is string and not(message.content.startswith('<tool_response>') and message.content.endswith('</tool_response>')) %}
        {%- set ns.multi_step_tool = false %}
        {%- set ns.last_query_index = index %}
    {%- endif %}
{%- endfor %}
{%- for message in messages %}
    {%- if message.content is string %}{%- set content = message.content %}{%- else %}{%- set content = '' %}{%- endif %}
    {%- if message.role == "assistant" %}
        {%- if '</think>' in content %}
            {%- set content = content.split('</think>')[-1].lstrip('\\n') %}
        {%- endif %}
        {{- '<|repo|>' + message.role + '\\n' + content + '<|pad|>\\n' }}
    {%- else %}
        {{- '<|repo|>' + message.role + '\\n' + content + '<|pad|>\\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|repo|>assistant\\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}
        {{- '<think>\\n\\n</think>\\n\\n' }}
    {%- endif %}
{%- endif %}`,
		specialTokens: ["<|repo|>", "<|pad|>"],
		stopTokens: ["<|pad|>"],
	},
	/** Knows no system message, insists on alternation, trims. */
	strict: {
		template: `{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}{% if (message['role'] == 'assistant') %}{% set role = 'model' %}{% else %}{% set role = message['role'] %}{% endif %}{{ '<|repo|>' + role + '\\n' + message['content'] | trim + '<|pad|>\\n' }}{% endfor %}{% if add_generation_prompt %}{{'<|repo|>model\\n'}}{% endif %}`,
		specialTokens: ["<|repo|>", "<|pad|>", "<|endoftext|>"],
		stopTokens: ["<|pad|>"],
		bosToken: "<|endoftext|>",
	},
	/** Puts the system message into the last question. */
	instruct: {
		template: `{%- if messages[0]["role"] == "system" %}{%- set system_message = messages[0]["content"] %}{%- set loop_messages = messages[1:] %}{%- else %}{%- set loop_messages = messages %}{%- endif %}{{- bos_token }}{%- for message in loop_messages %}{%- if message["role"] == "user" %}{%- if loop.last and system_message is defined %}{{- "[INST] " + system_message + "\\n\\n" + message["content"] + "[/INST]" }}{%- else %}{{- "[INST] " + message["content"] + "[/INST]" }}{%- endif %}{%- elif message["role"] == "assistant" %}{{- " " + message["content"] + eos_token }}{%- endif %}{%- endfor %}`,
		specialTokens: ["<|file|>", "<|endoftext|>"],
		stopTokens: ["<|endoftext|>"],
		bosToken: "<|file|>",
		eosToken: "<|endoftext|>",
	},
	/** No special tokens at all. */
	plain: {
		template: `{% for m in messages %}### {{ m.role | upper }}:\n{{ m.content }}\n\n{% endfor %}### ASSISTANT:{{ '\\n' }}`,
		specialTokens: [],
		stopTokens: [],
		stopStrings: ["### "],
	},
};
