import { basename } from "node:path";
import { escapeTerminal, escapeTerminalLines } from "../../core/export/escape.js";
import { junitXml } from "../../core/export/junit.js";
import { replaySuite, replayText } from "../../core/export/replay-report.js";
import type { Endpoint } from "../../core/model/flow.js";
import type { Report } from "../../core/replay/conversation.js";
import { Planner } from "../../core/replay/plan.js";
import type { Plan } from "../../core/replay/types.js";
import type { Judged } from "../../core/rules/expect/judge.js";
import { hostPort } from "../net/links/index.js";
import { RecordingError } from "../proxy/recording.js";
import { type ReplayOptions, replay } from "../replay/replay.js";
import type { Steering } from "../replay/steering.js";
import { ListenError } from "../replay/trouble.js";
import { KeyFileError } from "../ui/keys/key-file.js";
import { CLEAN, DAMAGED, fail, failedRun, INTERRUPTED, USAGE } from "./fail.js";
import type { Io } from "./io.js";
import { ExpectError, ReplayBetween } from "./replay-between.js";
import type { ReplayFlags } from "./replay-options.js";
import { Stepper } from "./replay-step.js";
import { TransportOptionError, transportOptions } from "./replay-transport-options.js";
import { rulesRefused } from "./rules-options.js";
import { expectationSuite, expectationText } from "./rules-test-command.js";
import { Screen, wantsScreen } from "./screen.js";
import { Selection } from "./selection.js";

/** Plays a capture as the flags say; gives the exit code. */
export async function replayCommand(file: string, flags: ReplayFlags, usual: Io): Promise<number> {
	let io = usual;
	const client = flags.as !== "server";
	const server = flags.as !== "client";
	if (client && flags.to === undefined && flags.msrpTo === undefined) return fail(io, "say where the peer is: --to tcp://HOST:PORT");
	if (server && flags.listen === undefined && flags.msrpListen === undefined)
		return fail(io, "say where to listen: --listen tcp://HOST:PORT");
	if (server && flags.concurrency > 1) return fail(io, "--concurrency is for --as client: one server answers one run at a time");
	if (flags.step === true) {
		if (flags.concurrency > 1) return fail(io, "--step goes through one run at a time: leave --concurrency out");
		if (file === "-") return fail(io, "--step reads answers from standard input, which is the capture: give the capture as a file");
	}
	const planners = { client: new Planner("client"), server: new Planner("server") };
	let ends: Ends;
	let damage: readonly string[];
	try {
		ends = await transportOptions(flags);
		damage = await read(file, flags, io, planners);
	} catch (error) {
		if (error instanceof TransportOptionError) return fail(io, error.message);
		return failedRun(io, error, flags);
	}
	const plans = { client: withDamage(planners.client.finish(), damage), server: withDamage(planners.server.finish(), damage) };
	if (plans.client.steps.length === 0) {
		for (const text of plans.client.missing) fail(io, text);
		return fail(io, "there is no whole SIP or MSRP message to play; mitmsrp analyze shows what the capture holds", DAMAGED);
	}
	// Both sides of one run cannot be held apart on the screen: there, answers are lines.
	const screen = wantsScreen(flags, usual) && !(flags.step === true && flags.as === "both") ? new Screen(usual) : undefined;
	let between: ReplayBetween | undefined;
	try {
		between = await ReplayBetween.open(flags, usual, screen !== undefined);
		const steering = between?.steering;
		if (screen !== undefined && steering !== undefined) {
			await screen.open({ ...flags, color: "auto" }, steering, {}, () => between?.reload());
			io = { ...screen.io, signal: AbortSignal.any([usual.signal, screen.failed]) };
			screen.status({ title: escapeTerminal(`replay of ${basename(file)}`), phase: "live" });
			ends = { ...ends, steering };
			if (flags.step === true) steering.step(client ? "client" : "server");
		}
	} catch (error) {
		screen?.close();
		return refused(error, usual);
	}
	if (between !== undefined) {
		const middle = between;
		ends = { ...ends, between: (link, side) => middle.wrap(link, side) };
	}
	const stepper =
		flags.step === true && screen === undefined && io.input !== undefined
			? new Stepper(io.input(), io.stderr, { editor: io.env["VISUAL"] || io.env["EDITOR"], signal: io.signal })
			: undefined;
	if (stepper !== undefined) ends = { ...ends, stepper };
	const reports: Report[] = [];
	try {
		for (let run = 0; run < flags.loop && !io.signal.aborted; run++) {
			if (server) reports.push(...(await serve(plans, client, flags, ends, io)));
			else reports.push(...(await Promise.all(Array.from({ length: flags.concurrency }, () => play(plans.client, flags, ends, io)))));
		}
	} catch (error) {
		screen?.close();
		if (error instanceof ListenError) return fail(usual, `cannot listen at ${error.message}`);
		throw error;
	} finally {
		stepper?.close();
	}
	const judged = (await between?.close(io)) ?? [];
	if (screen !== undefined) {
		screen.status({ phase: "ended" });
		await aborted(io.signal);
		screen.close();
	}
	return finish(reports, judged, file, flags, usual);
}

function aborted(signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		if (signal.aborted) resolve();
		else signal.addEventListener("abort", () => resolve(), { once: true });
	});
}

/** Says what cannot be opened, and why. */
function refused(error: unknown, io: Io): number {
	const rules = rulesRefused(error);
	const known = error instanceof RecordingError || error instanceof ExpectError || error instanceof KeyFileError;
	if (rules === undefined && !known) throw error;
	io.stderr.write(rules ?? `mitmsrp: ${escapeTerminalLines((error as Error).message)}\n`);
	return USAGE;
}

function withDamage(plan: Plan, damage: readonly string[]): Plan {
	return damage.length === 0 ? plan : { ...plan, missing: [...damage, ...plan.missing] };
}

/** Gives what is wrong with the file: what stands before that is played. */
async function read(file: string, flags: ReplayFlags, io: Io, planners: { client: Planner; server: Planner }): Promise<string[]> {
	const { session, filter, entry: ranges } = flags;
	const chosen = (number: number): boolean => ranges === undefined || ranges.some(([from, to]) => number >= from && number <= to);
	const selection = new Selection({ ...(session === undefined ? {} : { session }), ...(filter === undefined ? {} : { filter }) });
	const { info } = await io.analyze(
		file,
		{ keyLogs: flags.keylog ?? [], follow: false, signal: io.signal },
		{
			start: (at) => selection.start(at),
			entry: (entry) => {
				if (!chosen(entry.number) || !selection.take(entry)) return;
				planners.client.add(entry);
				planners.server.add(entry);
			},
			late: () => {},
			progress: () => {},
			done: () => false,
			blocked: () => undefined,
		},
	);
	if (!info.damaged) return [];
	const where = info.problems.map(({ id, offset, detail }) => `octet ${offset}: ${detail ?? id}`).join("; ");
	return [`what follows the damage in ${file}${where === "" ? "" : ` (${where})`}`];
}

type Ends = Awaited<ReturnType<typeof transportOptions>> & { stepper?: Stepper; steering?: Steering };

function settings(side: "client" | "server", flags: ReplayFlags, { stepper, steering, ...ends }: Ends, io: Io): ReplayOptions {
	const { raw, user, password, map, pace, speed, timeout } = flags;
	const options: ReplayOptions = { ...ends, timeout: timeout * 1000, signal: io.signal };
	if (stepper !== undefined) {
		const name = flags.as === "both" ? `${side} ` : "";
		options.gate = stepper.gate(name);
		options.onMessage = (message) => stepper.passed(name, message);
	}
	if (steering !== undefined) {
		options.gate = steering.gate;
		options.onDropped = (listener) => steering.onDropped(listener);
	}
	if (raw === true) options.raw = true;
	if (speed !== undefined || pace === "original") options.speed = speed ?? 1;
	if (user !== undefined) options.user = user;
	if (password !== undefined) options.password = password;
	if (map !== undefined) options.replacements = map;
	return options;
}

function play(plan: Plan, flags: ReplayFlags, ends: Ends, io: Io): Promise<Report> {
	// A client beside a server has an MSRP port of its own.
	const { msrpListen, ...client } = settings("client", flags, ends, io);
	const media = msrpListen === undefined || flags.as === "both" ? {} : { msrpListen };
	return replay(plan, { ...client, ...media, ...(flags.to === undefined ? {} : { to: flags.to }) });
}

/** The server, and once it listens the client beside it where both are asked for. */
async function serve(plans: { client: Plan; server: Plan }, both: boolean, flags: ReplayFlags, ends: Ends, io: Io): Promise<Report[]> {
	let client: Promise<Report> | undefined;
	const place = flags.listen ?? flags.msrpListen!;
	const onListening = (address: Endpoint): void => {
		io.stderr.write(`mitmsrp: listening at ${place.transport}://${hostPort(address)}\n`);
		if (both) client = play(plans.client, flags, ends, io);
	};
	// A server alone waits for its client as long as that takes.
	const patience = both ? {} : { firstTimeout: LONGEST };
	const { msrpTo, ...server } = settings("server", flags, ends, io);
	const target = msrpTo === undefined || both ? {} : { msrpTo };
	const listen = flags.listen === undefined ? {} : { listen: flags.listen };
	const report = await replay(plans.server, { ...server, ...patience, ...target, ...listen, onListening });
	return client === undefined ? [report] : [await client, report];
}

/** milliseconds: the longest that a timer can wait */
const LONGEST = 2 ** 31 - 1;

async function finish(reports: readonly Report[], judged: readonly Judged[], file: string, flags: ReplayFlags, io: Io): Promise<number> {
	const shown = reports.length > 2 ? reports.filter(({ same }) => !same).slice(0, 1) : reports;
	for (const report of shown) io.stdout.write(replayText(report));
	const same = reports.filter((report) => report.same).length;
	if (reports.length > 1) io.stderr.write(`mitmsrp: ${same} of ${reports.length} runs were the same as the capture\n`);
	const unmet = judged.filter(({ failure }) => failure !== undefined).length;
	for (const one of judged) io.stdout.write(`${escapeTerminal(expectationText(one))}\n`);
	if (flags.junit !== undefined) {
		try {
			await io.writeFile(
				flags.junit,
				junitXml([
					...reports.map((report, index) => replaySuite(report, `${file} run ${index + 1}`)),
					...(judged.length === 0 ? [] : [expectationSuite(file, judged)]),
				]),
			);
		} catch (error) {
			return fail(io, `${flags.junit}: cannot be written (${(error as NodeJS.ErrnoException).code ?? "unknown error"})`);
		}
	}
	if (io.signal.aborted) return INTERRUPTED;
	// Where something is expected, that decides: a run that rules or an ALG changed is not to be as the capture is.
	if (judged.length > 0) return unmet === 0 ? CLEAN : DAMAGED;
	return same === reports.length ? CLEAN : DAMAGED;
}
