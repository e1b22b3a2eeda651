import { classLabel } from "../../export/class-label.js";
import { RewritingSummary, rewritingSummaryText } from "../../export/rewriting-summary.js";
import { Summariser } from "../../export/summary.js";
import type { EditData } from "../data.js";
import { entryLink, type Html, html, NOTHING } from "../html.js";
import type { SectionDefinition } from "../types.js";

const ROWS = 300;
const SESSIONS = 100;

interface Row {
	entry: number;
	what: string;
	edits: readonly EditData[];
	classes: { before: string; after: string } | undefined;
}

/** Messages before and after what a box, a rule or the proxy did to them. */
export const REWRITING_SECTION: SectionDefinition = {
	id: "rewriting",
	title: "Rewriting",
	create: () => {
		const summariser = new Summariser();
		const rows: Row[] = [];
		const sessions: string[] = [];
		let more = 0;
		const summary = new RewritingSummary((session) => {
			if (sessions.length < SESSIONS) sessions.push(rewritingSummaryText(session));
		});
		return {
			entry(entry, { edits }) {
				summary.entry(entry);
				if (edits.length === 0) return;
				if (rows.length >= ROWS) {
					more++;
					return;
				}
				const before = entry.rewritten?.verdict?.headline;
				const after = entry.verdict?.headline;
				const classes = before === undefined || after === undefined || before === after ? undefined : { before, after };
				rows.push({
					entry: entry.number,
					what: summariser.summary(entry),
					edits,
					classes: classes === undefined ? undefined : { before: classLabel(classes.before), after: classLabel(classes.after) },
				});
			},
			finish: () => summary.finish(),
			html() {
				if (rows.length === 0 && sessions.length === 0) return undefined;
				return html`${sessions.map((text) => html`<p class="said">${text.trimEnd()}</p>`)}
${
	rows.length === 0
		? NOTHING
		: html`<div class="wide" role="region" aria-label="Rewriting: table" tabindex="0"><table class="edits">
<thead><tr><th scope="col">Message</th><th scope="col">By</th><th scope="col">Part</th><th scope="col">Before</th><th scope="col">After</th></tr></thead>
<tbody>${rows.flatMap(rowHtml)}</tbody></table></div>`
}
${more === 0 ? NOTHING : html`<p class="more">… ${more} more messages</p>`}`;
			},
		};
	},
};

function rowHtml({ entry, what, edits, classes }: Row): Html[] {
	const changed = classes === undefined ? NOTHING : html`<br>class ${classes.before} became ${classes.after}`;
	return edits.map(
		({ by, part, before, after, why }, index) =>
			html`<tr>${index > 0 ? NOTHING : html`<th scope="rowgroup" rowspan="${edits.length}">${entryLink(entry)} <span class="what">${what}</span>${changed}</th>`}<td>${by}</td><td title="${why}">${part}</td><td class="wire">${before === "" ? html`<span class="dim">nothing</span>` : html`<del>${before}</del>`}</td><td class="wire">${after === "" ? html`<span class="dim">nothing</span>` : html`<ins>${after}</ins>`}</td></tr>
`,
	);
}
