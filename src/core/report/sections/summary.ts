import { CLASS_HEADLINES, classLabel, classTone } from "../../export/class-label.js";
import { count } from "../../export/content-summary.js";
import { Stats } from "../../export/stats.js";
import { formatDifference } from "../../export/time-format.js";
import { HeadlineCount } from "../headline.js";
import { type Html, html, NOTHING } from "../html.js";
import type { SectionDefinition } from "../types.js";

const WIDTH = 600;

/** What a reader has to know first, in one sentence and a few numbers. */
export const SUMMARY_SECTION: SectionDefinition = {
	id: "summary",
	title: "Summary",
	create: ({ classify }) => {
		const stats = new Stats();
		const headline = new HeadlineCount();
		return {
			entry(entry, { copyOf }) {
				stats.entry(entry);
				headline.entry(entry, copyOf);
			},
			late: (_, problem) => stats.problem(problem),
			html() {
				const found = stats.result();
				const { main, grave, more } = headline.sentences();
				const said =
					classify === undefined
						? html`<p class="headline">Messages were not classified</p>`
						: html`<p class="headline${grave ? " grave" : ""}">${main}</p>
<p class="subline">${more.join(" ")}</p>`;
				const duration =
					found.first === undefined || found.last === undefined ? "0" : formatDifference(found.last, found.first).replace(/\d{3}$/, "");
				const tiles: [string, string][] = [
					[String(found.sip + found.msrp), found.sip + found.msrp === 1 ? "message" : "messages"],
					[`${found.sip} / ${found.msrp}`, "SIP / MSRP"],
					[`${found.sessions.length}${found.moreSessions ? "+" : ""}`, found.sessions.length === 1 ? "session" : "sessions"],
					[`${duration} s`, "from first to last"],
					[String(found.errors), found.errors === 1 ? "error" : "errors"],
					[String(found.warnings), found.warnings === 1 ? "warning" : "warnings"],
				];
				return html`${said}
<dl class="tiles">${tiles.map(([value, name]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${classBar(found.classes)}`;
			},
		};
	},
};

/** Shares of the classes as one bar, and the same as a list for everybody. */
function classBar(classes: readonly [string, number][]): Html {
	const total = classes.reduce((sum, [, times]) => sum + times, 0);
	if (total === 0) return NOTHING;
	const tones = new Map(CLASS_HEADLINES.map((one) => [one as string, { label: classLabel(one), tone: classTone(one) }]));
	let at = 0;
	const bars = classes.map(([name, times]) => {
		const width = (times / total) * WIDTH;
		const bar = html`<rect class="fill-${tones.get(name)?.tone ?? "quiet"}" x="${at.toFixed(1)}" y="0" width="${Math.max(1, width - 1).toFixed(1)}" height="12"/>`;
		at += width;
		return bar;
	});
	const items = classes.map(
		([name, times]) =>
			html`<li><span class="chip tone-${tones.get(name)?.tone ?? "quiet"}">${tones.get(name)?.label ?? name}</span> ${times} ${name}</li>`,
	);
	return html`<figure class="classes"><figcaption>Classes of ${count(total, "message")}, as a compliant client shows them</figcaption>
<svg viewBox="0 0 ${WIDTH} 12" preserveAspectRatio="none" aria-hidden="true">${bars}</svg>
<ul>${items}</ul></figure>`;
}
