import { CHAIN_LINKS, type Chain, ChainCollector, type ChainLink, missingLinks } from "../../explain/chain.js";
import { failed, LINK_TITLES, telling } from "../../explain/chain-text.js";
import { count, excerpt } from "../../export/content-summary.js";
import { entryLink, type Html, html, NOTHING } from "../html.js";
import type { SectionDefinition } from "../types.js";

/** Chains that are drawn: those that lack something, and others. */
const LACKING = 250;
const OTHERS = 250;
const WIDTH = 260;
const HEIGHT = 20;
/** milliseconds that the axis begins with */
const FIRST = 0.1;
const TICKS: readonly [number, string][] = [
	[1, "1 ms"],
	[10, "10 ms"],
	[100, "100 ms"],
	[1000, "1 s"],
	[10_000, "10 s"],
	[100_000, "100 s"],
];

/** What came back for each message, and when: SEND, 200, REPORT, delivered, displayed. */
export const CHAINS_SECTION: SectionDefinition = {
	id: "chains",
	title: "Delivery",
	create: () => {
		const kept: Chain[] = [];
		let lacking = 0;
		let others = 0;
		let all = 0;
		const missing: Record<ChainLink, number> = { response: 0, report: 0, delivered: 0, displayed: 0 };
		const collector = new ChainCollector((chain) => {
			all++;
			const lacks = missingLinks(chain);
			for (const link of lacks) missing[link]++;
			if (lacks.length > 0 ? lacking++ < LACKING : others++ < OTHERS) kept.push(chain);
		});
		return {
			entry: (entry) => collector.add(entry),
			finish: () => collector.end(),
			html() {
				if (all === 0) return undefined;
				const lacks = CHAIN_LINKS.filter((link) => missing[link] > 0).map((link) => `${missing[link]} ${LINK_TITLES[link]}`);
				const most = Math.max(
					1,
					...kept.flatMap((chain) => CHAIN_LINKS.flatMap((link) => chain.steps[link].map(({ at }) => later(at, chain.at)))),
				);
				const scale = scaleTo(most);
				const ticks = TICKS.filter(([at]) => at <= most);
				return html`<p>${count(all, "chat message")}; ${lacks.length === 0 ? "nothing that was asked for is missing" : `missing: ${lacks.join(", ")}`}.</p>
<ul class="legend" aria-hidden="true">${CHAIN_LINKS.map((link) => html`<li><svg viewBox="-7 -7 14 14" width="14" height="14">${marker(link, 0, 0, false)}</svg>${LINK_TITLES[link]}</li>`)}<li><svg viewBox="-7 -7 14 14" width="14" height="14">${marker("response", 0, 0, true)}</svg>failure</li></ul>
<div class="wide" role="region" aria-label="Delivery: table" tabindex="0"><table class="chains">
<thead><tr><th scope="col">Message</th><th scope="col">Class</th><th scope="col">What</th><th scope="col">Time after it was sent<svg class="axis" viewBox="0 0 ${WIDTH} 14" width="${WIDTH}" height="14" aria-hidden="true">${ticks.map(([at, label]) => html`<text x="${scale(at)}" y="11" text-anchor="middle">${label}</text>`)}</svg></th>${CHAIN_LINKS.map((link) => html`<th scope="col">${LINK_TITLES[link]}</th>`)}</tr></thead>
<tbody>${kept.map((chain) => row(chain, scale, ticks))}</tbody></table></div>
${all > kept.length ? html`<p class="more">… ${all - kept.length} more: choose with --session or --filter</p>` : NOTHING}`;
			},
		};
	},
};

/** Milliseconds to a place on a logarithmic axis: a response takes one, a reader thousands. */
function scaleTo(most: number): (milliseconds: number) => string {
	const span = Math.log10(Math.max(most, 1) / FIRST);
	return (milliseconds) => (8 + (WIDTH - 30) * (Math.log10(Math.max(milliseconds, FIRST) / FIRST) / span)).toFixed(1);
}

function later(at: Chain["at"], from: Chain["at"]): number {
	return (at.sec - from.sec) * 1e3 + (at.nsec - from.nsec) / 1e6;
}

function row(chain: Chain, scale: (milliseconds: number) => string, ticks: readonly [number, string][]): Html {
	const steps = CHAIN_LINKS.flatMap((link) => chain.steps[link].map((step) => ({ link, ms: later(step.at, chain.at), bad: failed(step) })));
	const last = Math.max(FIRST, ...steps.map(({ ms }) => ms));
	const y = HEIGHT / 2;
	const chart = html`<svg class="timing" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" aria-hidden="true">${ticks.map(([at]) => html`<line class="tick" x1="${scale(at)}" x2="${scale(at)}" y1="0" y2="${HEIGHT}"/>`)}<line class="span" x1="${scale(FIRST)}" x2="${scale(last)}" y1="${y}" y2="${y}"/><circle class="sent" cx="${scale(FIRST)}" cy="${y}" r="3"/>${steps.map(({ link, ms, bad }) => marker(link, Number(scale(ms)), y, bad))}${missingLinks(chain).map((_, index) => html`<text class="lost" x="${WIDTH - 8 - index * 9}" y="${y + 4}">✗</text>`)}</svg>`;
	return html`<tr><th scope="row">${entryLink(chain.entry)}</th><td>${chain.label}</td><td class="wire what" title="${excerpt(chain.title, 300)}">${excerpt(chain.title, 120)}</td><td>${chart}</td>${CHAIN_LINKS.map((link) => cell(chain, link))}</tr>
`;
}

function cell(chain: Chain, link: ChainLink): Html {
	const steps = chain.steps[link];
	if (steps.length === 0) return chain.wanted[link] ? html`<td><span class="wrong">missing</span></td>` : html`<td class="dim">–</td>`;
	const step = telling(steps);
	const text = `${duration(later(step.at, chain.at))}${steps.length > 1 ? ` (${steps.length})` : ""}`;
	return html`<td>${failed(step) ? html`<span class="wrong" title="${excerpt(step.text, 200)}">${/\d{3}/.exec(step.text.replace(/^000 /, ""))?.[0] ?? excerpt(step.text, 16)}</span> ` : NOTHING}<a href="#m${step.entry}">${text}</a></td>`;
}

function duration(milliseconds: number): string {
	if (milliseconds < 1) return `${milliseconds.toFixed(2)} ms`;
	return milliseconds < 1000 ? `${milliseconds.toFixed(1)} ms` : `${(milliseconds / 1000).toFixed(2)} s`;
}

/** Shapes, so that colour is not all that tells links apart. */
function marker(link: ChainLink, x: number, y: number, bad: boolean): Html {
	const kind = `mark ${link}${bad ? " bad" : ""}`;
	const [cx, cy] = [x.toFixed(1), y.toFixed(1)];
	switch (link) {
		case "response":
			return html`<circle class="${kind}" cx="${cx}" cy="${cy}" r="4"/>`;
		case "report":
			return html`<rect class="${kind}" x="${(x - 4).toFixed(1)}" y="${(y - 4).toFixed(1)}" width="8" height="8"/>`;
		case "delivered":
			return html`<path class="${kind}" d="M${cx} ${(y - 5).toFixed(1)}l5 5-5 5-5-5z"/>`;
		case "displayed":
			return html`<path class="${kind}" d="M${cx} ${(y - 5).toFixed(1)}l5 9h-10z"/>`;
	}
}
