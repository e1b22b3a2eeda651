import type { OptionSpec } from "../../core/rules/actions/options.js";
import { ACTIONS } from "../../core/rules/index.js";
import { optionsOf } from "../../core/rules/load/action.js";
import { MADE_NAMES } from "../../core/rules/template.js";

const WORDS: Readonly<Record<OptionSpec["type"], string>> = {
	duration: "time (`200ms`, `1.5s`, `2min`)",
	size: "size (`300`, `10KB`, `2MiB`)",
	rate: "rate (`56kbit/s`, `10KB/s`)",
	percentage: "share (`30%`, `0.3`)",
	integer: "whole number",
	boolean: "`true` or `false`",
	choice: "one of",
	text: "text",
	template: "text with `${…}`",
	templates: "text, or list of texts, with `${…}`",
	names: "header name, or list of them",
	filter: "filter expression",
	file: "file beside the rule file",
};

/** The body of the page about rule files. */
export function rulesPageBody(cell: (text: string) => string): string {
	let out = intro(cell);
	out += "\n## Actions\n\n| Action | SIP | MSRP | |\n|---|---|---|---|\n";
	for (const { name, protocols, title } of ACTIONS) {
		const mark = (protocol: "sip" | "msrp"): string => (protocols.includes(protocol) ? "yes" : "");
		out += `| [\`${name}\`](#${name}) | ${mark("sip")} | ${mark("msrp")} | ${cell(title)} |\n`;
	}
	for (const definition of ACTIONS) {
		const { name, title, doc, example, main } = definition;
		out += `\n### ${name}\n\n${cell(title)}${doc === undefined ? "" : ` ${cell(doc)}`}\n\n`;
		const options = Object.entries(optionsOf(definition));
		if (options.length > 0) {
			out += "| Option | Value | Default | Meaning |\n|---|---|---|---|\n";
			for (const [key, spec] of options)
				out += `| \`${key}\`${key === main ? " (may stand alone)" : ""} | ${cell(value(spec))} | ${fallback(spec)} | ${cell(spec.doc)} |\n`;
			out += "\n";
		}
		out += `\`\`\`yaml\n${example.trim()}\n\`\`\`\n`;
	}
	return out;
}

function value(spec: OptionSpec): string {
	return spec.type === "choice" ? `${WORDS.choice} ${spec.values.map((one) => `\`${one}\``).join(", ")}` : WORDS[spec.type];
}

function fallback(spec: OptionSpec): string {
	if (spec.required) return "has to be given";
	return spec.default === undefined ? "" : `\`${String(spec.default)}\``;
}

function intro(cell: (text: string) => string): string {
	let out =
		"A rule file changes what passes: `mitmsrp proxy --rules FILE` live, `mitmsrp analyze FILE --rules RULES` as a dry run over a capture.\n";
	out += "The same rules, seed and input do the same to both, however the octets were cut.\n\n";
	out += "```yaml\n# yaml-language-server: $schema=node_modules/mitmsrp/docs/schema/rules.schema.json\n";
	out +=
		'variables: {room: sip:room@example.com}\ndefaults: {direction: to-client}\nrules:\n  - name: lost receipts\n    match: imdn.disposition == "displayed"\n    probability: 30%\n    actions: [drop]\n';
	out +=
		"  - name: slow\n    match: {method: SEND, msrp.content.type: {contains: cpim}}\n    every: 3\n    actions:\n      - delay: {time: 200ms, jitter: 50ms}\n";
	out +=
		"      - log: slow to ${room}\nexpect:\n  - {fires: slow, times: 2..5}\n  - {class: private, of: 'cpim.from.uri == \"sip:bob@example.com\"', after: slow}\n  - {answered: 'msrp.method == \"SEND\" && cpim', by: 'imdn.disposition == \"delivered\"', within: 5s}\n```\n\n";
	out += "## Rules\n\n| Key | Meaning |\n|---|---|\n";
	const rows: readonly (readonly [string, string])[] = [
		["name", "for entries, logs and counts; unique"],
		[
			"match",
			"a [filter expression](filter.md), or fields with a value, a list of values, or `is`, `not`, `contains`, `matches`, `above`, `below`, `least`, `most`; without it every message. It is held against the message as it came; what needs the whole of an MSRP frame waits for it",
		],
		["actions", "in order, each on what the ones before it left"],
		["leg, direction", "`client` or `server`: the side on which it comes in; `to-server` or `to-client`"],
		["times, every", "fires at most so often; only every n-th match"],
		["after, until", "a number of matches, a time since the first message, or a filter expression: a message that was seen"],
		["for", "so long from the first time it fired"],
		["probability", "`30%`, or `0.3`"],
		["once", "at most once for each `session`, `message` or `connection`; retransmissions and chunks are one message"],
		["stop", "no later rule of the file sees what this one fired on"],
		["seed", "of its own, in place of `--seed`"],
		["fix", "false: Content-Length, Byte-Range and end-lines stay as edits leave them, for all its actions"],
		["note, enabled", "why it is there, also the reason of a drop; false switches it off"],
	];
	for (const [key, words] of rows) out += `| \`${key}\` | ${cell(words)} |\n`;
	out +=
		"\nRules of a file run in its order, files in the order of the command line, what a file includes before it. `defaults` holds what rules of that file say\n";
	out +=
		"where they say nothing themselves: everything but name, match, actions and note. Anchors, aliases and `<<` work; `include` names files relative to the file.\n";
	out += "A file that changes is loaded again (SIGHUP does it too): all files at once, or, when something is wrong, not at all.\n";
	out +=
		"\n## Texts with `${…}`\n\n`${name}` is a field (its name as in filters, of the message as it came) or a variable: of `variables`, or set by a rule.\n";
	out +=
		"`${name:-otherwise}` has something for where there is no value; `$${` is `${` itself. Made for the place:\n\n| Name | Value |\n|---|---|\n";
	for (const [name, words] of Object.entries(MADE_NAMES)) out += `| \`${name}\` | ${cell(words)} |\n`;
	out +=
		"\n## Expectations\n\n`mitmsrp rules test RULES CAPTURE` runs the capture through the rules and checks `expect:`; exit code 1 and JUnit (`--junit`) for CI.\n\n";
	out += "| Form | Meaning |\n|---|---|\n";
	out += "| `{fires: RULE, times: 3}` | the rule fires so often: a number, `2..5`, `1..`; at least once where nothing is said |\n";
	out += "| `{count: FILTER, times: 0}` | so many messages match |\n";
	out +=
		"| `{class: private, of: FILTER, after: RULE}` | every message that matches has that class, or one of a list; `after`: those after the rule fired |\n";
	out +=
		"| `{answered: FILTER, by: FILTER, within: 5s}` | every message that matches is answered by one that matches `by` (response, REPORT, IMDN) |\n";
	out += "\n`in: before` looks at the messages as they came, `in: after` (default) as they went on; `note` names the expectation.\n";
	return out;
}
