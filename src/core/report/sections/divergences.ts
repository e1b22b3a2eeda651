import { divergenceTitle } from "../../classify/divergence.js";
import type { Headline } from "../../classify/types.js";
import { type DivergenceGroup, DivergenceReport, type DivergenceRow } from "../../explain/divergence-report.js";
import { classLabel, classTone } from "../../export/class-label.js";
import { count } from "../../export/content-summary.js";
import { entryLink, type Html, html, NOTHING } from "../html.js";
import type { SectionDefinition } from "../types.js";

const ROWS = 200;

/** Messages that kinds of client show differently, by cause: what it is all about. */
export const DIVERGENCES_SECTION: SectionDefinition = {
	id: "divergences",
	title: "Divergences",
	create: ({ classify }) => {
		const report = new DivergenceReport();
		return {
			entry: (entry) => report.entry(entry),
			html() {
				if (classify === undefined) return undefined;
				return html`<p>${report.summary().trimEnd()}</p>${report.groups().map(group)}`;
			},
		};
	},
};

function group({ cause, rows, messages }: DivergenceGroup): Html {
	const codes = new Map(rows.flatMap(({ divergences }) => divergences.map((one) => [one.code, one] as const)));
	const titles = [...codes.values()]
		.sort((a, b) => (a.code < b.code ? -1 : 1))
		.map(({ code, severity }) => html`<li><span class="code ${severity}">${code}</span> ${divergenceTitle(code)}</li>`);
	const more = messages - Math.min(rows.length, ROWS);
	return html`<article class="cause"><h3>${cause}</h3>
<ul class="codes">${titles}</ul>
<div class="wide" role="region" aria-label="Messages: ${cause}" tabindex="0"><table>
<thead><tr><th scope="col">Message</th><th scope="col">Session</th><th scope="col">Codes</th><th scope="col">CPIM From → To</th><th scope="col">Compares identities</th><th scope="col">Reads isfocus</th><th scope="col">In truth</th></tr></thead>
<tbody>${rows.slice(0, ROWS).map(row)}</tbody></table></div>
${more > 0 ? html`<p class="more">… ${count(more, "more message")}</p>` : NOTHING}</article>`;
}

function row({ entry, session, divergences, from, to, legacy, isfocus, truth }: DivergenceRow): Html {
	const codes = divergences.map(({ code, severity, text }) => html`<span class="code ${severity}" title="${text}">${code}</span> `);
	return html`<tr><th scope="row">${entryLink(entry)}</th><td>${session}</td><td class="short">${codes}</td><td class="wire">${from} → ${to}</td><td class="short">${shown(legacy, truth)}</td><td class="short">${shown(isfocus, truth)}</td><td class="short">${shown(truth, truth)}</td></tr>
`;
}

/** A model tells origin and audience: that a message is a receipt or typing is no fault of its view. */
function shown(headline: Headline | undefined, truth: Headline | undefined): Html {
	if (headline === undefined) return html`<span class="dim">not known</span>`;
	const wrong = truth !== undefined && truth !== headline && truth !== "imdn" && truth !== "composing" && truth !== "unknown";
	return html`<span class="chip tone-${classTone(headline)}">${classLabel(headline)}</span>${wrong ? html` <span class="wrong">wrong</span>` : NOTHING}`;
}
