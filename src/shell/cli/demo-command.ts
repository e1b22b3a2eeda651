import { AlgNameError } from "../../core/alg/index.js";
import { playScene } from "../../demo/scene/scene.js";
import { Output } from "../output.js";
import { type Recording, RecordingError } from "../proxy/recording.js";
import { palette, wantsColour } from "./colours.js";
import type { DemoFlags } from "./demo-options.js";
import { DemoView } from "./demo-view.js";
import { CLEAN, DAMAGED, fail, INTERRUPTED } from "./fail.js";
import { focusCommand } from "./focus-command.js";
import type { Io } from "./io.js";

const WIDEST = 100;
const DEFAULT_ALG = ["A2"];

/** Runs `mitmsrp demo`; gives the exit code. */
export async function demoCommand(flags: DemoFlags, io: Io): Promise<number> {
	if (flags.focusOnly) return focusCommand(flags, io);
	const alone = (["listen", "msrp", "cert", "key", "caDir"] as const).filter((name) => flags[name] !== undefined);
	if (alone.length > 0) return fail(io, "--listen, --msrp, --cert, --key and --ca-dir belong to --focus-only");
	const output = new Output(io.stdout);
	const width = flags.width ?? (io.stdout.isTTY ? Math.min(WIDEST, io.stdout.columns ?? 80) : 80);
	const view = new DemoView(flags, output, palette(wantsColour(flags.color, io.stdout, io.env)), width);
	const runs = flags.alg === false ? [[]] : [[], flags.alg ?? DEFAULT_ALG];
	const written: { error?: Error } = {};
	let recording: Recording | undefined;
	try {
		if (flags.write !== undefined) {
			const onError = (error: Error): void => {
				written.error = error;
			};
			recording = await io.record({ file: flags.write, application: "mitmsrp demo --write", onError });
		}
		await playAll(runs, flags, view, recording, io.signal);
		await recording?.close();
		view.end(written.error === undefined ? flags.write : undefined);
	} catch (error) {
		await output.end();
		if (io.signal.aborted) return INTERRUPTED;
		if (error instanceof AlgNameError || error instanceof RecordingError) return fail(io, error.message);
		return fail(io, `the demo came to a halt: ${(error as Error).message}`, DAMAGED);
	} finally {
		await recording?.close();
	}
	await output.end();
	if (written.error !== undefined) return fail(io, written.error.message, DAMAGED);
	return output.error === undefined ? CLEAN : fail(io, `cannot write the output: ${output.error.message}`, DAMAGED);
}

async function playAll(
	runs: readonly (readonly string[])[],
	flags: DemoFlags,
	view: DemoView,
	recording: Recording | undefined,
	signal: AbortSignal,
): Promise<void> {
	view.begin();
	for (const [index, alg] of runs.entries()) {
		view.run(index, alg);
		const result = await playScene({
			transport: flags.transport,
			alg,
			pace: flags.pace,
			signal,
			seed: `-${index + 1}`,
			onEntry: (entry) => {
				recording?.entry(entry);
				view.entry(entry);
			},
			onAct: (_, act) => view.act(act),
			...(recording === undefined ? {} : { tap: (open) => recording.tap(open) }),
		});
		view.played(result, alg);
	}
}
