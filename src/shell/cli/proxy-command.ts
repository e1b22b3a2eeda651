import { dirname, resolve } from "node:path";
import { escapeTerminal, escapeTerminalLines } from "../../core/export/escape.js";
import {
	RewritingSummary,
	rewritingSummaryJson,
	rewritingSummaryText,
	type SessionRewriting,
} from "../../core/export/rewriting-summary.js";
import { grouped } from "../../core/export/stats-text.js";
import type { Entry } from "../../core/model/entry.js";
import type { Problem } from "../../core/model/problem.js";
import type { ControlApi } from "../api/server.js";
import { ControlledProxy } from "../live/controlled-proxy.js";
import { Output } from "../output.js";
import { ConfigError, type ProxyConfig, parseConfig } from "../proxy/config.js";
import { HopError } from "../proxy/hop-options.js";
import { ListenError, type OpenHop } from "../proxy/listen.js";
import { CONNECT_TIMEOUT, createProxy, type LiveProxy, type ProxyOptions, type ProxySummary } from "../proxy/proxy.js";
import { type Recording, RecordingError } from "../proxy/recording.js";
import type { LiveRules } from "../rules/live-rules.js";
import type { ToxiproxyApi } from "../toxiproxy/server.js";
import { KeyFileError } from "../ui/keys/key-file.js";
import { apiText, openApi } from "./api.js";
import { tokenRefused } from "./api-options.js";
import { classifyRequest } from "./classify-options.js";
import { palette, wantsColour } from "./colours.js";
import { CLEAN, DAMAGED, fail, failedRun, USAGE } from "./fail.js";
import type { Io } from "./io.js";
import type { ProxyFlags } from "./proxy-options.js";
import { closeRecording, openRecording, recordingRefused } from "./proxy-recording.js";
import { type Entries, RedactedEntries } from "./proxy-redaction.js";
import { ProxyReport, reportRefused } from "./proxy-report.js";
import { isRedacted, leftOutText, redactorMaker } from "./redact-options.js";
import { algOptions, rewritingStages } from "./rewriting-options.js";
import { RulesLog } from "./rules-log.js";
import { openRules, rulesRefused } from "./rules-options.js";
import { Screen, wantsScreen } from "./screen.js";
import { openToxiproxy, toxiproxyText } from "./toxiproxy-options.js";
import { createView, type View } from "./view.js";

/** seconds */
const DRAIN = 5;
/** Octets of output that may wait for a slow reader; what comes then is not shown: traffic must not wait for the log. */
const MOST_WAITING = 32 << 20;

/** Runs `mitmsrp proxy` until it is interrupted; gives the exit code. */
export async function proxyCommand(flags: ProxyFlags, usual: Io): Promise<number> {
	const screen = wantsScreen(flags, usual) ? new Screen(usual) : undefined;
	const io = screen?.io ?? usual;
	if (flags.hop === undefined && flags.config === undefined && flags.toxiproxyApi === undefined) {
		return fail(io, "give at least one --hop LISTEN=>TARGET, a --config file, or --toxiproxy-api (mitmsrp proxy --help)");
	}
	let proxy: LiveProxy | undefined;
	let log: Log | Screen;
	let drain: number;
	let recording: Recording | undefined;
	let rules: LiveRules | undefined;
	let api: ControlApi | undefined;
	let toxiproxy: ToxiproxyApi | undefined;
	let report: ProxyReport | undefined;
	let reloadAll: (() => void) | undefined;
	let redacted: RedactedEntries | undefined;
	const refusal = tokenRefused(flags, io) ?? recordingRefused(flags);
	if (refusal !== undefined) return fail(io, refusal);
	const unwritable = flags.report === undefined ? undefined : await reportRefused(flags.report, io);
	if (unwritable !== undefined) return fail(io, unwritable);
	const rulesLog = new RulesLog(flags, io);
	try {
		const config = await readConfig(flags, io);
		drain = flags.drain ?? config.drain ?? DRAIN;
		rules = await openRules(flags, io, { watch: true, ...rulesLog.listeners });
		if (rules?.set.verdict && !flags.classify) {
			await rules.close();
			return fail(io, "the rules ask for im. fields, which need the classification that --no-classify switches off");
		}
		const options = await proxyOptions(flags, config, io, rules);
		recording = await openRecording(flags, "mitmsrp proxy", io);
		const redactor = redactorMaker(flags, io);
		if (redactor !== undefined) redacted = new RedactedEntries(redactor, options.classify, recording);
		else if (recording !== undefined) record(options, recording);
		if (flags.api === undefined && screen === undefined) proxy = createProxy(options);
		else proxy = steered(options, flags, rules);
		const entries = redacted?.watch(proxy) ?? proxy;
		log =
			screen !== undefined && proxy instanceof ControlledProxy
				? await screen.open(flags, proxy, options.classify, () => reloadAll?.())
				: new Log(flags, io, entries);
		if (flags.report !== undefined) report = new ProxyReport(flags.report, options.classify, isRedacted(flags), io);
		report?.watch(entries, flags.disable);
		if (recording !== undefined) entries.on("entry", (entry) => recording?.entry(entry));
		await proxy.ready;
		const running = proxy;
		const shown = log;
		reloadAll = () => {
			void rules?.reload();
			void reload(running, flags, io, shown).then((config) => {
				if (config !== undefined) drain = flags.drain ?? config.drain ?? DRAIN;
			});
		};
		// Before it is said that it runs: whoever waits for that may send a signal at once.
		io.onReload?.(reloadAll);
		if (proxy instanceof ControlledProxy && flags.api !== undefined) api = await openApi(flags, proxy, io);
		toxiproxy = await openToxiproxy(flags, proxy);
		log.ready(proxy.hops);
		if (toxiproxy !== undefined) io[flags.json ? "stdout" : "stderr"].write(toxiproxyText(toxiproxy, flags.json === true));
		if (api !== undefined) io[flags.json ? "stdout" : "stderr"].write(apiText(api, flags, io));
	} catch (error) {
		screen?.close();
		await api?.close();
		await proxy?.close(0);
		await recording?.close();
		await rules?.close();
		return refused(error, flags, io);
	}
	await interrupted(io.signal, log.failed);
	await api?.close();
	await toxiproxy?.close();
	const closing = proxy.close(drain * 1000);
	if (proxy.connections > 0) io.stderr.write(`mitmsrp: stopping; ${drain} s for ${count(proxy.connections, "open connection")}\n`);
	const summary = await closing;
	const missing = redacted?.finish() ?? 0;
	if (missing > 0) io.stderr.write(`mitmsrp: ${leftOutText(missing)}\n`);
	if (recording !== undefined) io.stderr.write(escapeTerminalLines(await closeRecording(recording)));
	await rules?.close();
	if (rules !== undefined) rulesLog.finished(rules);
	const code = await log.stopped(summary);
	return (await report?.save()) === false ? DAMAGED : code;
}

/** The same proxy with what it takes to be steered: ALG profiles and rules are in its own hands. */
function steered(options: ProxyOptions, flags: ProxyFlags, rules: LiveRules | undefined): ControlledProxy {
	const { stages: _, decode: __, classify, ...rest } = options;
	return new ControlledProxy({
		...rest,
		classify: classify ?? false,
		alg: flags.alg ?? [],
		algOptions: algOptions(flags),
		...(rules === undefined ? {} : { rules: rules.stage }),
		...(flags.seed === undefined ? {} : { seed: flags.seed }),
	});
}

function record(options: ProxyOptions, recording: Recording): void {
	options.tap = (open) => recording.tap(open);
	options.onSecret = (line) => recording.secrets(line.toString("latin1"));
}

async function proxyOptions(flags: ProxyFlags, config: ProxyConfig, io: Io, rules: LiveRules | undefined): Promise<ProxyOptions> {
	const options: ProxyOptions = { hops: config.hops };
	const connectTimeout = flags.connectTimeout ?? config.connectTimeout;
	if (connectTimeout !== undefined) options.connectTimeout = connectTimeout * 1000;
	if (flags.seed !== undefined) options.seed = flags.seed;
	if (flags.limit !== undefined) options.limits = flags.limit;
	if (flags.keylog !== undefined) options.keyLogFile = flags.keylog;
	if (flags.caDir !== undefined) options.authorityFolder = flags.caDir;
	const toxic = flags.toxiproxyApi !== undefined || config.hops.some(({ toxics }) => toxics !== undefined);
	options.stages = [...(rules === undefined ? [] : [rules.stage]), ...rewritingStages(flags)];
	if (flags.anchor !== "none") options.anchor = flags.anchor;
	// Both legs carry the same octets then: one row a message is what one wants to read, at half the cost. A recording has both.
	else if (options.stages.length === 0 && flags.write === undefined && !toxic) options.decode = "once";
	if (flags.classify) options.classify = await classifyRequest(flags, io.readFile);
	return options;
}

/** The hops of the command line, then those of the file. */
async function readConfig(flags: ProxyFlags, io: Io): Promise<ProxyConfig> {
	const given = (flags.hop ?? []).map((hop) => (flags.insecure ? { ...hop, options: { ...hop.options, insecure: true } } : hop));
	if (flags.config === undefined) return { hops: given };
	const folder = dirname(flags.config);
	const config = parseConfig(await io.readFile(flags.config), flags.config, (path) => resolve(folder, path));
	return { ...config, hops: [...given, ...config.hops] };
}

/** Gives what holds now; undefined: the configuration stays as it was, and why has been said. */
async function reload(proxy: LiveProxy, flags: ProxyFlags, io: Io, log: Log | Screen): Promise<ProxyConfig | undefined> {
	try {
		const config = await readConfig(flags, io);
		const connectTimeout = flags.connectTimeout ?? config.connectTimeout;
		await proxy.reload(config.hops, connectTimeout === undefined ? CONNECT_TIMEOUT : connectTimeout * 1000);
		log.ready(proxy.hops);
		return config;
	} catch (error) {
		refused(error, flags, io);
		io.stderr.write("mitmsrp: the configuration stays as it was\n");
		return undefined;
	}
}

/** Says why it cannot be; gives the exit code. Anything unexpected is thrown on. */
function refused(error: unknown, flags: ProxyFlags, io: Io): number {
	const rules = rulesRefused(error);
	if (rules !== undefined) {
		io.stderr.write(rules);
		return USAGE;
	}
	if (error instanceof KeyFileError) {
		io.stderr.write(`${escapeTerminalLines(error.message)}\n`);
		return USAGE;
	}
	if (error instanceof ListenError || error instanceof HopError || error instanceof RecordingError) return fail(io, error.message);
	if (error instanceof ConfigError) {
		io.stderr.write(`${escapeTerminalLines(error.message)}\n`);
		return USAGE;
	}
	const { code, path } = error as NodeJS.ErrnoException;
	if (code !== undefined && path !== undefined && path === flags.config) {
		return fail(io, `${path}: the configuration file cannot be read (${code}); check its name and mode`);
	}
	if (code !== undefined && path !== undefined && path === flags.keylog) {
		return fail(io, `${path}: the key log cannot be written (${code}); check its folder and mode`);
	}
	return failedRun(io, error, { ...(flags.knowledge === undefined ? {} : { knowledge: flags.knowledge }) });
}

/** What the user sees of the running proxy. */
class Log {
	readonly #flags: ProxyFlags;
	readonly #io: Io;
	readonly #output: Output;
	readonly #view: View | undefined;
	readonly #abandoned = new AbortController();
	readonly #rewriting = new RewritingSummary((session) => this.#rewritten(session));
	#scheduled = false;
	#unseen = 0;

	constructor(flags: ProxyFlags, io: Io, proxy: Entries) {
		this.#flags = flags;
		this.#io = io;
		this.#output = new Output(io.stdout, () => this.#abandoned.abort());
		const width = flags.width ?? (io.stdout.isTTY ? (io.stdout.columns ?? 80) : Number.POSITIVE_INFINITY);
		const colours = palette(wantsColour(flags.color, io.stdout, io.env));
		const { verbose, classify, time, color } = flags;
		const shown = { verbose, classify, time, color, progress: false, ...(flags.json === true ? { json: true as const } : {}) };
		if (!flags.quiet) this.#view = createView(shown, this.#output, colours, width);
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
		for (const hop of hops) this.#io.stderr.write(`mitmsrp: ${escapeTerminal(describe(hop))}\n`);
	}

	async stopped({ connections, cut, entries }: ProxySummary): Promise<number> {
		this.#rewriting.finish();
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
		if (this.#view !== undefined) {
			if (this.#behind()) this.#unseen++;
			else {
				this.#view.entry(entry);
				this.#flushSoon();
			}
		}
		this.#rewriting.entry(entry);
	}

	/** A session that was rewritten is over. */
	#rewritten(session: SessionRewriting): void {
		this.#view?.flush();
		if (this.#flags.json) {
			this.#output.write(rewritingSummaryJson(session));
			this.#output.flush();
		} else this.#io.stderr.write(rewritingSummaryText(session));
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

function describe({ name, listen, target, insecure, address }: OpenHop): string {
	const label = name.includes("://") ? "" : `${name}: `;
	const where = target === undefined ? "the target is the client's choice" : `forwarding to ${target}`;
	const verify = insecure ? "; certificates of the target are NOT verified" : "";
	const reach = isLoopback(address) ? "" : "; reachable from other machines";
	return `${label}listening at ${listen}, ${where}${verify}${reach}`;
}

function isLoopback(address: string): boolean {
	return address === "::1" || address.startsWith("127.");
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
