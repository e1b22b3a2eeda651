import { grouped } from "../../core/export/stats-text.js";
import type { Report } from "../../core/report/report.js";
import type { ReportOptions } from "../../core/report/types.js";
import { Output } from "../output.js";
import type { ClassifyRequest } from "./classify-options.js";
import type { Io } from "./io.js";

/** How a report is to judge, when the pipeline was asked for `request`. */
export function reportedClassify(request: ClassifyRequest | undefined): ReportOptions["classify"] {
	return request === undefined ? undefined : { ...request, level: request.level ?? "uri", rules: request.rules ?? "both" };
}

/** "12 messages reported in report.html" */
export function reportedText({ messages }: Report, path: string): string {
	return `${grouped(messages)} ${messages === 1 ? "message" : "messages"} reported in ${path}`;
}

/** Writes the page to a file, or to standard output for "-"; gives a sentence when that cannot be done. */
export async function savePage(path: string, page: string, io: Io): Promise<string | undefined> {
	if (path === "-") {
		const output = new Output(io.stdout);
		output.write(page);
		await output.end();
		return output.error === undefined ? undefined : `cannot write the output: ${output.error.message}`;
	}
	try {
		await io.writeFile(path, page);
		return undefined;
	} catch (error) {
		return `${path}: the report cannot be written (${(error as NodeJS.ErrnoException).code ?? "unknown error"}); check its folder and mode`;
	}
}
