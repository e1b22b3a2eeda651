import { CLAUSE_CHECKS } from "../../checks/clauses/index.js";
import type { CheckResult } from "../../checks/clauses/results.js";
import { ClauseTable } from "../../checks/clauses/table.js";
import { CLAUSE_RESULTS, type ClauseCheck, type ClauseResult, type Finding } from "../../checks/clauses/types.js";
import { excerpt } from "../../export/content-summary.js";
import { entryLink, type Html, html, NOTHING } from "../html.js";
import type { SectionDefinition } from "../types.js";

const ORDER: readonly ClauseResult[] = ["violation", "info", "unknown", "pass", "n/a"];

/** The clauses of OMA and IETF one by one, with what was found where. */
export const CHECKS_SECTION: SectionDefinition = {
	id: "checks",
	title: "Clauses",
	create: ({ classify, chosen }) => {
		if (classify === undefined) return { html: () => undefined };
		const table = new ClauseTable({ ...classify, chosen });
		return {
			seen: (entry) => table.entry(entry),
			late: (entry, problem) => table.late(entry, problem),
			finish: () => table.finish(),
			html() {
				const rows = CLAUSE_CHECKS.map((check) => ({ check, found: table.total.get(check.id) })).sort(
					(a, b) => rank(a.found) - rank(b.found) || (a.check.id < b.check.id ? -1 : 1),
				);
				const applied = rows.filter(({ found }) => found !== undefined && found.result !== "n/a");
				const rest = rows.length - applied.length;
				const tally = ORDER.flatMap((result) => {
					const times = rows.filter(({ found }) => (found?.result ?? "n/a") === result).length;
					return times === 0 ? [] : [html`<li><span class="chip result-${slug(result)}">${result}</span> ${times}</li>`];
				});
				return html`<ul class="tally">${tally}</ul>
${
	applied.length === 0
		? NOTHING
		: html`<div class="wide" role="region" aria-label="Clauses: table" tabindex="0"><table>
<thead><tr><th scope="col">Check</th><th scope="col">Result</th><th scope="col">What has to be so</th><th scope="col">Level</th>${CLAUSE_RESULTS.slice(0, 4).map((result) => html`<th scope="col" class="number">${result}</th>`)}</tr></thead>
<tbody>${applied.map(({ check, found }) => row(check, found!))}</tbody></table></div>`
}
${rest === 0 ? NOTHING : html`<p class="more">${rest} checks did not apply: their preconditions were not met.</p>`}`;
			},
		};
	},
};

function rank(found: CheckResult | undefined): number {
	return ORDER.indexOf(found?.result ?? "n/a");
}

function slug(result: ClauseResult): string {
	return result === "n/a" ? "none" : result;
}

function row(check: ClauseCheck, { result, counts, findings }: CheckResult): Html {
	const shown = ["violation", "info", "unknown"].flatMap((one) => findings.filter((finding) => finding.result === one));
	const more =
		shown.length === 0
			? NOTHING
			: html`<details${result === "violation" ? " open" : ""}><summary>${shown.length === 1 ? "evidence" : `evidence (${shown.length})`}</summary><ul>${shown.map(evidence)}</ul></details>`;
	return html`<tr><th scope="row">${check.id}</th><td><span class="chip result-${slug(result)}">${result}</span></td><td>${check.title}<br><span class="dim">${check.clause}</span>${more}</td><td>${check.level}</td>${CLAUSE_RESULTS.slice(0, 4).map((one) => html`<td class="number">${counts[one] === 0 ? "–" : counts[one]}</td>`)}</tr>
`;
}

function evidence({ result, session, entries, text, excerpt: octets, blame }: Finding): Html {
	const who = blame === undefined || blame === "?" ? "" : ` by ${blame === "ALG" ? "an ALG" : `the ${blame}`}`;
	const code = octets === undefined || octets === "" ? NOTHING : html`<br><code class="wire">${excerpt(octets, 300)}</code>`;
	return html`<li><span class="chip result-${slug(result)}">${result}</span> ${entries.slice(0, 8).map((entry) => html`${entryLink(entry)} `)}${session === undefined ? "" : `${session}`}${who}: ${text}${code}</li>`;
}
