import { FILTER_GROUPS } from "../../core/fields/filter/table.js";
import { FUNCTIONS, SHORT_FORMS } from "../../core/rules/filter/index.js";
import { cell, GENERATED } from "./docs-text.js";

const INTRODUCTION = `
One language chooses messages everywhere: \`analyze --filter\`, \`explain --filter\`, rules. It is Wireshark's display filter language, with
Wireshark's names where Wireshark has them (W below) and ours where it has none. What works here as a filter and names only W fields
works in Wireshark too, but one thing differs: Wireshark asks of packets, this tool of messages, of which a packet may hold several.

    sip.Method == "INVITE" && ip.addr == 192.0.2.0/24
    im.class == "system" and not cpim.from.isfocus == true
    msrp.status.code in {400..499} or problem matches "^msrp"
    any cpim.to.uri contains "isfocus" and len(body) > 1000
    ~q ~m "SEND|REPORT" ~b hello

| Written | Meaning |
|---|---|
| \`field\` | the message has the field |
| \`==\` \`eq\` | a value of the field is equal |
| \`!=\` \`ne\` | the field is there and all its values differ; \`!(a == b)\` is true of messages without the field too |
| \`===\` \`!==\` | all values are equal; some value differs |
| \`>\` \`>=\` \`<\` \`<=\` (\`gt\` \`ge\` \`lt\` \`le\`) | a value is greater, …; \`1 < a < 5\` is both |
| \`contains\` | the text or octets stand in a value, letter case counts |
| \`matches\` \`~\` | the regular expression (RE2 syntax, in double quotes) is found in a value; letter case does not count unless it begins with \`(?-i)\` |
| \`in {a, b, c..d}\`, \`not in {…}\` | a value is one of these, or within the range |
| \`any …\`, \`all …\` | before a comparison: of some value, of every value |
| \`not\` \`!\`, then \`and\` \`&&\`, then \`xor\` \`^^\`, then \`or\` \`||\` | from the strongest to the weakest; parentheses group |
| \`field[0:4]\` \`[2-5]\` \`[-1]\` \`[:4]\` \`[4:]\` | part of a text or of octets: start and length, first and last, one, from the start, to the end; commas join parts |
| \`"text"\`, \`r"text"\`, \`word\` | a text; \`\\n\` \`\\x41\` \`\\"\` are understood but not in \`r""\`; simple words need no quotes |
| \`12\` \`0x1f\` \`0b11\` \`-1.5\` | numbers |
| \`192.0.2.1\` \`192.0.2.0/24\` \`2001:db8::/32\` | addresses and networks |
| \`61:62:63\` | octets |
| \`1.5\`, \`"2023-11-14 22:13:20.5"\` | times: seconds, or date and time in UTC |

Regular expressions take time linear in the text, whatever they are; look-around and back references are refused.
`;

/** The page about filters: the language, and all fields. */
export function filterPage(): string {
	let out = `# Filters\n\n${GENERATED}${INTRODUCTION}`;
	out += "\n## Functions\n\n| Function | Gives |\n|---|---|\n";
	for (const [name, { words }] of Object.entries(FUNCTIONS)) out += `| \`${name}(field)\` | ${cell(words)} |\n`;
	out +=
		"\n## Short forms\n\nAs in mitmproxy. Regular expressions may stand without quotes; between short forms `and` may be left out.\n\n";
	out += "| Written | Matches |\n|---|---|\n";
	for (const [letter, { argument, words }] of Object.entries(SHORT_FORMS)) {
		out += `| \`~${letter}${argument ? (letter === "c" ? " NUMBER" : " REGEX") : ""}\` | ${cell(words)} |\n`;
	}
	for (const { title, fields } of FILTER_GROUPS) {
		out += `\n## ${title}\n\n| Field | Type | | Meaning |\n|---|---|---|---|\n`;
		for (const { name, type, origin, description } of fields) {
			out += `| \`${name}\` | ${type} | ${origin === "wireshark" ? "W" : ""} | ${cell(description)} |\n`;
		}
	}
	return out;
}
