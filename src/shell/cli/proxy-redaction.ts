import { EventEmitter } from "node:events";
import type { Entry } from "../../core/model/entry.js";
import type { Problem } from "../../core/model/problem.js";
import type { Redactor, RedactorOptions } from "../../core/redact/index.js";
import type { LiveProxy } from "../proxy/proxy.js";
import type { Recording } from "../proxy/recording.js";
import type { ClassifyRequest } from "./classify-options.js";

/** Who tells of entries: a proxy, or what stands between it and whoever may not see names. */
export interface Entries {
	on(event: "entry", listener: (entry: Entry) => void): unknown;
	on(event: "late", listener: (entryNumber: number, problem: Problem) => void): unknown;
}

interface Events {
	entry: [entry: Entry];
	late: [entryNumber: number, problem: Problem];
}

/** The messages of a running proxy without names, for its log, its report and its recording. */
export class RedactedEntries extends EventEmitter<Events> implements Entries {
	readonly #redactor: Redactor;

	constructor(
		make: (options: Omit<RedactorOptions, "key">) => Redactor,
		classify: ClassifyRequest | undefined,
		recording: Recording | undefined,
	) {
		super();
		this.#redactor = make({
			...(classify === undefined ? {} : { classify }),
			...(recording === undefined ? {} : { tap: (open) => recording.tap(open) }),
			onEntry: (entry) => this.emit("entry", entry),
			onLate: (number, problem) => this.emit("late", number, problem),
		});
	}

	watch(proxy: LiveProxy): this {
		proxy.on("entry", (entry) => this.#redactor.entry(entry));
		return this;
	}

	/** The proxy has stopped. Gives how many messages could not be redacted and so were left out. */
	finish(): number {
		this.#redactor.finish();
		return this.#redactor.leftOut;
	}
}
