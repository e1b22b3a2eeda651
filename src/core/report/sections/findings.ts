import { count } from "../../export/content-summary.js";
import { escapeTerminal } from "../../export/escape.js";
import { severityMark } from "../../export/severity.js";
import { DIAGNOSTICS } from "../../model/diagnostics/index.js";
import type { DiagnosticId, Problem } from "../../model/problem.js";
import { entryLink, type Html, html } from "../html.js";
import type { SectionDefinition } from "../types.js";

const NAMED = 12;

interface Found {
	times: number;
	entries: number[];
	/** the values of the first */
	detail: string;
}

const RANK = { error: 0, warn: 1, note: 2, chat: 3 } as const;

/** What is wrong with messages, by finding: the worst first. */
export const FINDINGS_SECTION: SectionDefinition = {
	id: "findings",
	title: "Findings",
	create: () => {
		const all = new Map<DiagnosticId, Found>();
		const damage: Html[] = [];
		const add = (entry: number, problem: Problem): void => {
			let found = all.get(problem.id);
			if (found === undefined) {
				found = { times: 0, entries: [], detail: escapeTerminal(problem.detail ?? "").slice(0, 200) };
				all.set(problem.id, found);
			}
			found.times++;
			if (found.entries.length < NAMED && found.entries.at(-1) !== entry) found.entries.push(entry);
		};
		return {
			entry(entry) {
				for (const problem of entry.problems) add(entry.number, problem);
			},
			late: add,
			damage({ id, offset, detail }) {
				const { severity, summary } = DIAGNOSTICS[id];
				const more = detail === undefined ? "" : ` (${detail.slice(0, 200)})`;
				if (damage.length < NAMED)
					damage.push(
						html`<p><span class="code ${severity}">${severityMark(severity)} ${id}</span> at octet ${offset} of the capture: ${summary}${more}</p>`,
					);
			},
			html() {
				const rows = [...all].sort(
					([a, { times: first }], [b, { times: second }]) =>
						RANK[DIAGNOSTICS[a].severity] - RANK[DIAGNOSTICS[b].severity] || second - first || (a < b ? -1 : 1),
				);
				if (rows.length === 0) return html`${damage}<p>Nothing is wrong with any message.</p>`;
				return html`${damage}<p>${count(rows.length, "kind")} of finding.</p>
<div class="wide" role="region" aria-label="Findings: table" tabindex="0"><table>
<thead><tr><th scope="col">Finding</th><th scope="col">Times</th><th scope="col">It fires when</th><th scope="col">Clause</th><th scope="col">Messages</th></tr></thead>
<tbody>${rows.map(([id, { times, entries, detail }]) => {
					const { severity, clause, summary } = DIAGNOSTICS[id];
					const links = entries.map((entry) => html`${entryLink(entry)} `);
					return html`<tr><th scope="row"><span class="code ${severity}">${severityMark(severity)} ${id}</span></th><td class="number">${times}</td><td>${summary}${detail === "" ? "" : ` (${detail})`}</td><td>${clause}</td><td>${links}${times > entries.length ? "…" : ""}</td></tr>
`;
				})}</tbody></table></div>`;
			},
		};
	},
};
