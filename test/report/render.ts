import type { DetailData, LadderData } from "../../src/core/report/data.js";
import { Report } from "../../src/core/report/report.js";
import type { ReportOptions } from "../../src/core/report/types.js";
import type { Entry } from "../../src/index.js";

export const OPTIONS: ReportOptions = {
	title: "chat.pcapng",
	source: "chat.pcapng",
	program: "mitmsrp 0",
	classify: { level: "uri", rules: "both" },
};

/** The page about these entries. */
export function render(entries: readonly Entry[], options: Partial<ReportOptions> = {}): string {
	const report = new Report({ ...OPTIONS, ...options });
	for (const entry of entries) report.entry(entry);
	return report.html();
}

/** What the page gives its script under a name. */
export function dataOf<T>(page: string, name: string): T | undefined {
	const found = new RegExp(`<script type="application/json" id="data-${name}">(.*?)</script>`, "s").exec(page);
	return found === null ? undefined : (JSON.parse(found[1]!) as T);
}

export function ladderOf(page: string): LadderData {
	return dataOf<LadderData>(page, "ladder")!;
}

/** Details of one message. */
export function detailOf(page: string, number: number): DetailData {
	const { rows, blockSize } = ladderOf(page);
	const block = Math.floor(rows.findIndex(({ n }) => n === number) / blockSize);
	return dataOf<DetailData[]>(page, `details-${block}`)!.find(({ n }) => n === number)!;
}

/** The content of one section; undefined when the page does not have it. */
export function sectionOf(page: string, id: string): string | undefined {
	return new RegExp(`<section id="${id}"[^>]*>(.*?)</section>`, "s").exec(page)?.[1];
}

/** Text of HTML, tags gone, white space as one. */
export function textOf(html: string): string {
	return html
		.replace(/<[^>]*>/g, " ")
		.replace(/\s+/g, " ")
		.trim();
}
