import { randomBytes } from "node:crypto";
import type { Command } from "commander";
import { Redactor, type RedactorOptions } from "../../core/redact/index.js";
import type { Io } from "./io.js";

/** Where a key may stand that is in no list of processes. */
const VARIABLE = "MITMSRP_REDACT_KEY";

/** The options of commands that can leave out who it was. */
export interface RedactFlags {
	redact?: true;
	redactKey?: string;
}

export function addRedactOptions(command: Command): Command {
	return command
		.option(
			"--redact",
			"pseudonyms for users, hosts, addresses and names, x for what people wrote; who was the same stays the same, and so do classes and divergences",
		)
		.option(
			"--redact-key <key>",
			`the same pseudonyms in every run with this key, which is to be kept secret (or in ${VARIABLE}); without it every run has its own`,
		);
}

export function isRedacted({ redact, redactKey }: RedactFlags): boolean {
	return redact === true || redactKey !== undefined;
}

/** The key to redact with; undefined: nothing is redacted. */
function keyOf({ redact, redactKey }: RedactFlags, io: Io): Buffer | string | undefined {
	if (redactKey === undefined && redact !== true) return undefined;
	return redactKey ?? (io.env[VARIABLE] || randomBytes(32));
}

/** Makes redactors of entries, where the flags ask for them. */
export function redactorMaker(flags: RedactFlags, io: Io): ((options: Omit<RedactorOptions, "key">) => Redactor) | undefined {
	const key = keyOf(flags, io);
	return key === undefined ? undefined : (options) => new Redactor({ ...options, key });
}

/** The same with analyses that show nobody's name, where the flags ask for that: whatever the command does with them, it knows none. */
export function redacting(flags: RedactFlags, io: Io): Io {
	const make = redactorMaker(flags, io);
	if (make === undefined) return io;
	return {
		...io,
		analyze: async (path, { classify, ...request }, listener) => {
			const redactor = make({
				...(classify === undefined ? {} : { classify }),
				onEntry: (entry) => listener.entry(entry),
				onLate: (number, problem) => listener.late(number, problem),
			});
			const { info } = await io.analyze(path, request, {
				start: (at) => listener.start(at),
				entry: (entry) => redactor.entry(entry),
				late: () => {},
				progress: (read, total) => listener.progress(read, total),
				done: () => listener.done(),
				blocked: () => listener.blocked(),
			});
			redactor.finish();
			if (redactor.leftOut > 0) io.stderr.write(`mitmsrp: ${leftOutText(redactor.leftOut)}\n`);
			const interfaces = info.interfaces.map(({ id, linkType, snapLength }) => ({ id, linkType, snapLength }));
			return { info: { ...info, interfaces, names: new Map(), comments: [], keyLogs: [] } };
		},
	};
}

/** What a redacted output lacks. */
export function leftOutText(messages: number): string {
	return `${messages} message${messages === 1 ? "" : "s"} left out: only what was decoded whole can be redacted`;
}
