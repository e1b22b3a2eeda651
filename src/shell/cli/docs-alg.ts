import { PROFILES } from "../../core/alg/index.js";

/** The body of the page about ALG profiles; `cell` escapes text for a table. */
export function algPageBody(cell: (text: string) => string): string {
	let out = "What boxes in the path do to SIP and SDP, for `mitmsrp analyze --what-if` and wherever else profiles are named.\n";
	out += "Several stand in a row, from the inside to the outside. Options follow the name: `nf-sip:strayAddress=random:ports=any`.\n";
	out += "Symmetric: what it writes outside it turns back octet by octet on the way in. MSRP and CPIM are never touched.\n";
	for (const { name, imitates, source, parts, symmetric, options } of PROFILES) {
		out += `\n## ${name}\n\nImitates: ${cell(imitates)}. Known from: ${cell(source)}. ${symmetric ? "Symmetric." : "Not symmetric."}\n\n`;
		out += `Changes: ${parts.map(cell).join(", ")}.\n`;
		const rows = Object.entries(options);
		if (rows.length === 0) continue;
		out += "\n| Option | Default | Meaning |\n|---|---|---|\n";
		for (const [key, option] of rows) {
			const choices = option.choices === undefined ? "" : ` (${option.choices.map((choice) => `\`${choice}\``).join(", ")})`;
			out += `| \`${key}\` | ${option.default === "" ? "" : `\`${option.default}\``} | ${cell(option.text)}${choices} |\n`;
		}
	}
	return out;
}
