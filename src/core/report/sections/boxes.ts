import { BoxFinder, type BoxPart, type BoxReport } from "../../explain/boxes/boxes.js";
import { BOX_LEGEND, nearestText } from "../../explain/boxes/text.js";
import { count } from "../../export/content-summary.js";
import { escapeTerminal } from "../../export/escape.js";
import { hostPort } from "../../fields/addresses.js";
import type { Endpoint } from "../../model/flow.js";
import { entryLink, type Html, html, NOTHING } from "../html.js";
import type { SectionDefinition } from "../types.js";

/** Contact and SDP on both sides of each box that was captured on both sides, and the ALG profile that it is like. */
export const BOXES_SECTION: SectionDefinition = {
	id: "boxes",
	title: "Boxes in the path",
	create: ({ chosen }) => {
		const finder = new BoxFinder();
		return {
			seen: (entry) => finder.entry(entry),
			html() {
				const reports = finder.reports().filter(({ entries }) => entries.some(([, went]) => chosen(went)));
				if (reports.length === 0) return undefined;
				return html`${reports.map(boxHtml)}
<p class="more">${BOX_LEGEND}</p>`;
			},
		};
	},
};

function boxHtml(report: BoxReport): Html {
	const { session, moreSessions, first, second, shows, parts } = report;
	const more = moreSessions === 0 ? "" : ` and ${count(moreSessions, "more session")}`;
	const title = `Between ${end(first)} and ${end(second)}, showing ${end(shows)} (${session}${more})`;
	return html`<p class="said">${title}: ${nearestText(report)}</p>
<div class="wide" role="region" aria-label="What a box did: ${title}" tabindex="0"><table class="edits">
<thead><tr><th scope="col">Part</th><th scope="col">Forth</th><th scope="col">Back</th><th scope="col">Before</th><th scope="col">After</th></tr></thead>
<tbody>${parts.map(rowHtml)}</tbody></table></div>
`;
}

function rowHtml({ part, forth, back, example }: BoxPart): Html {
	const cell = (text: string, changed: boolean): Html =>
		text === ""
			? html`<span class="dim">nothing</span>`
			: changed
				? html`<ins>${escapeTerminal(text)}</ins>`
				: html`<del>${escapeTerminal(text)}</del>`;
	const [before, after] =
		example === undefined
			? [NOTHING, NOTHING]
			: [cell(example.before, false), html`${cell(example.after, true)} ${entryLink(example.entry)}`];
	return html`<tr><th scope="row">${part}</th><td>${forth || "-"}</td><td>${back || "-"}</td><td class="wire">${before}</td><td class="wire">${after}</td></tr>
`;
}

function end({ address, port }: Endpoint): string {
	return hostPort(address, port);
}
