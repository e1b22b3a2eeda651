import { escapeTerminal } from "../../core/export/escape.js";
import { Report } from "../../core/report/report.js";
import type { ClassifyRequest } from "./classify-options.js";
import { version } from "./cli.js";
import type { Io } from "./io.js";
import type { Entries } from "./proxy-redaction.js";
import { reportedClassify, reportedText, savePage } from "./report-file.js";

/** Why the report of a proxy cannot be written to `path`: known before the traffic is over. The file is there, empty, afterwards. */
export async function reportRefused(path: string, io: Io): Promise<string | undefined> {
	if (path === "-") return "--report needs the name of a file: standard output has the messages";
	return savePage(path, "", io);
}

/** The HTML report of a running proxy. Its memory is bounded: a session of days costs no more than its first messages. */
export class ProxyReport {
	readonly #path: string;
	readonly #io: Io;
	readonly #report: Report;

	constructor(path: string, classify: ClassifyRequest | undefined, redacted: boolean, io: Io) {
		this.#path = path;
		this.#io = io;
		this.#report = new Report({
			title: "Live session",
			source: "mitmsrp proxy",
			redacted,
			program: `mitmsrp ${version()}`,
			classify: reportedClassify(classify),
		});
	}

	/** Listens to everything; findings in `disable` are left out. Called before the proxy has entries. */
	watch(proxy: Entries, disable: ReadonlySet<string> | undefined): void {
		proxy.on("entry", (entry) => {
			if (disable !== undefined && entry.problems.length > 0) entry.problems = entry.problems.filter(({ id }) => !disable.has(id));
			this.#report.entry(entry);
		});
		proxy.on("late", (number, problem) => {
			if (!disable?.has(problem.id)) this.#report.late(number, problem);
		});
	}

	/** Writes the page and says so. False when it cannot be written. */
	async save(): Promise<boolean> {
		const unsaved = await savePage(this.#path, this.#report.html(), this.#io);
		const saved = reportedText(this.#report, this.#path);
		this.#io.stderr.write(`mitmsrp: ${escapeTerminal(unsaved ?? saved)}\n`);
		return unsaved === undefined;
	}
}
