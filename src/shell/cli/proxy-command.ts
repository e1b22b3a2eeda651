import { escapeTerminal } from "../../core/export/escape.js";
import { grouped } from "../../core/export/stats-text.js";
import type { Entry } from "../../core/model/entry.js";
import type { Problem } from "../../core/model/problem.js";
import { Output } from "../output.js";
import { ListenError, type OpenHop } from "../proxy/listen.js";
import { createProxy, type LiveProxy, type ProxyOptions, type ProxySummary } from "../proxy/proxy.js";
import { classifyRequest } from "./classify-options.js";
import { palette, wantsColour } from "./colours.js";
import { CLEAN, DAMAGED, fail, failedRun } from "./fail.js";
import type { Io } from "./io.js";
import type { ProxyFlags } from "./proxy-options.js";
import { createView, type View } from "./view.js";

/** Octets of output that may wait for a slow reader; what comes then is not shown: traffic must not wait for the log. */
const MOST_WAITING = 32 << 20;

/** Runs `mitmsrp proxy` until it is interrupted; gives the exit code. */
export async function proxyCommand(flags: ProxyFlags, io: Io): Promise<number> {
	if (flags.hop === undefined) return fail(io, "give at least one --hop LISTEN=>TARGET (mitmsrp proxy --help)");
	const options: ProxyOptions = { hops: flags.hop, connectTimeout: flags.connectTimeout * 1000, drain: flags.drain * 1000 };
	try {
		if (flags.classify) options.classify = await classifyRequest(flags, io.readFile);
	} catch (error) {
		return failedRun(io, error, flags);
	}
	const proxy = createProxy(options);
	const log = new Log(flags, io, proxy);
	try {
		await proxy.ready;
	} catch (error) {
		if (error instanceof ListenError) return fail(io, error.message);
		throw error;
	}
	log.ready(proxy.hops);
	await interrupted(io.signal, log.failed);
	if (proxy.connections > 0) io.stderr.write(`mitmsrp: stopping; ${flags.drain} s for ${count(proxy.connections, "open connection")}\n`);
	return log.stopped(await proxy.close());
}

/** What the user sees of the running proxy. */
class Log {
	readonly #flags: ProxyFlags;
	readonly #io: Io;
	readonly #output: Output;
	readonly #view: View | undefined;
	readonly #abandoned = new AbortController();
	#scheduled = false;
	#unseen = 0;

	constructor(flags: ProxyFlags, io: Io, proxy: LiveProxy) {
		this.#flags = flags;
		this.#io = io;
		this.#output = new Output(io.stdout, () => this.#abandoned.abort());
		const width = flags.width ?? (io.stdout.isTTY ? (io.stdout.columns ?? 80) : Number.POSITIVE_INFINITY);
		const colours = palette(wantsColour(flags.color, io.stdout, io.env));
		if (!flags.quiet) this.#view = createView({ ...flags, progress: false }, this.#output, colours, width);
		proxy.on("entry", (entry) => this.#entry(entry));
		proxy.on("late", (number, problem) => this.#late(number, problem));
	}

	/** aborted when nobody reads the output any more */
	get failed(): AbortSignal {
		return this.#abandoned.signal;
	}

	ready(hops: readonly OpenHop[]): void {
		if (this.#flags.json) {
			this.#output.write(`${JSON.stringify({ event: "ready", hops })}\n`);
			this.#output.flush();
			return;
		}
		for (const { name, listen, target } of hops) {
			const label = listen === name ? "" : `${name}: `;
			this.#io.stderr.write(escapeTerminal(`mitmsrp: ${label}listening at ${listen}, forwarding to ${target}`));
			this.#io.stderr.write("\n");
		}
	}

	async stopped({ connections, cut, entries }: ProxySummary): Promise<number> {
		this.#view?.flush();
		if (this.#flags.json) this.#output.write(`${JSON.stringify({ event: "stopped", connections, cut, entries, unseen: this.#unseen })}\n`);
		await this.#output.end();
		const { error, closed } = this.#output;
		const cutText = cut === 0 ? "" : `, ${grouped(cut)} of them reset because they were still open`;
		const unseen = this.#unseen === 0 ? "" : `; ${count(this.#unseen, "entry", "entries")} not shown because the output was behind`;
		this.#io.stderr.write(
			`mitmsrp: stopped after ${count(connections, "connection")}${cutText}, ${count(entries, "entry", "entries")}${unseen}\n`,
		);
		if (error !== undefined) return fail(this.#io, `cannot write the output: ${error.message}`, DAMAGED);
		return closed ? DAMAGED : CLEAN;
	}

	#entry(entry: Entry): void {
		const { disable } = this.#flags;
		if (disable !== undefined && entry.problems.length > 0) entry.problems = entry.problems.filter((problem) => !disable.has(problem.id));
		if (this.#view === undefined) return;
		if (this.#behind()) this.#unseen++;
		else {
			this.#view.entry(entry);
			this.#flushSoon();
		}
	}

	#late(number: number, problem: Problem): void {
		if (this.#flags.disable?.has(problem.id) === true || this.#view === undefined || this.#behind()) return;
		this.#view.late(number, problem);
		this.#flushSoon();
	}

	#behind(): boolean {
		return this.#io.stdout.writableLength > MOST_WAITING;
	}

	/** Once for all entries that come together. */
	#flushSoon(): void {
		if (this.#scheduled) return;
		this.#scheduled = true;
		setImmediate(() => {
			this.#scheduled = false;
			this.#view?.flush();
		});
	}
}

function interrupted(...signals: AbortSignal[]): Promise<void> {
	return new Promise((resolve) => {
		for (const signal of signals) {
			if (signal.aborted) resolve();
			else signal.addEventListener("abort", () => resolve(), { once: true });
		}
	});
}

function count(number: number, one: string, many = `${one}s`): string {
	return `${grouped(number)} ${number === 1 ? one : many}`;
}
