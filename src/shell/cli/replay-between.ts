import { randomInt } from "node:crypto";
import { Pipeline } from "../../core/pipeline/pipeline.js";
import { AlgStage } from "../../core/relay/alg-stage.js";
import { Judge, type Judged } from "../../core/rules/expect/judge.js";
import type { Link } from "../net/links/index.js";
import type { Recording } from "../proxy/recording.js";
import { Between } from "../replay/between.js";
import { Steering } from "../replay/steering.js";
import type { LiveRules } from "../rules/live-rules.js";
import type { Io } from "./io.js";
import { closeRecording, openRecording } from "./proxy-recording.js";
import type { ReplayFlags } from "./replay-options.js";
import { RulesLog } from "./rules-log.js";
import { openRules } from "./rules-options.js";

/** Nothing is expected, though it was asked to be checked. */
export class ExpectError extends Error {
	override name = "ExpectError";
}

/** Rules, ALG profiles, expectations and a recording of a replay, where the options ask for any of them. */
export class ReplayBetween {
	readonly #between: Between;
	readonly #pipeline: Pipeline;
	readonly #rules: LiveRules | undefined;
	readonly #recording: Recording | undefined;
	readonly #judge: Judge | undefined;

	/** present where the run is steered */
	readonly steering: Steering | undefined;

	private constructor(
		flags: ReplayFlags,
		rules: LiveRules | undefined,
		recording: Recording | undefined,
		judge: Judge | undefined,
		steered: boolean,
	) {
		this.#rules = rules;
		const { alg } = flags;
		const steering = steered ? new Steering({ rules: rules?.stage, seed: flags.seed ?? randomInt(2 ** 32), alg }) : undefined;
		this.steering = steering;
		this.#recording = recording;
		this.#judge = judge;
		this.#pipeline = new Pipeline({
			classify: {},
			onEntry: (entry) => {
				recording?.entry(entry);
				judge?.entry(entry, "after");
				steering?.entry(entry);
			},
			onLate: (number, problem) => steering?.emit("late", number, problem),
		});
		const open = this.#pipeline.openFlow.bind(this.#pipeline);
		const stages = steering?.stages ?? [...(rules === undefined ? [] : [rules.stage]), ...(alg === undefined ? [] : [new AlgStage(alg)])];
		// Where somebody may change something, what it was is shown beside what it is, as a proxy shows it; a recording is of the wire alone.
		const legs = steered && recording === undefined && judge === undefined;
		this.#between = new Between({ stages, legs, openFlow: recording?.tap(open) ?? open });
	}

	/** Undefined where nothing is asked for, and nothing `steered`. Rejects with RuleFilesError, RecordingError. */
	static async open(flags: ReplayFlags, io: Io, steered = false): Promise<ReplayBetween | undefined> {
		const files = [...(flags.rules ?? []), ...(flags.edit ?? []), ...(flags.expect ?? [])];
		if (!steered && files.length === 0 && flags.alg === undefined && flags.write === undefined) return undefined;
		let judge: Judge | undefined;
		const listeners = { ...new RulesLog({}, io).listeners, onFired: (fired: { rule: { name: string } }) => judge?.fired(fired.rule.name) };
		const rules = await openRules({ ...(files.length === 0 ? {} : { rules: files }), seed: flags.seed }, io, listeners);
		const expectations = rules?.set.expectations ?? [];
		if (flags.expect !== undefined && expectations.length === 0)
			throw new ExpectError(`${flags.expect.join(", ")}: there is no expect: in it`);
		if (expectations.length > 0) judge = new Judge(expectations);
		return new ReplayBetween(flags, rules, await openRecording(flags, "mitmsrp replay", io), judge, steered);
	}

	wrap(link: Link, side: "client" | "server"): Link {
		const { steering } = this;
		const outside = this.#between.wrap(link, side);
		if (steering !== undefined) {
			steering.connections++;
			const { onClose } = link;
			link.onClose = () => {
				steering.connections--;
				onClose();
			};
		}
		return outside;
	}

	/** Reads rule files again. */
	reload(): void {
		void this.#rules?.reload();
	}

	/** The run is over. Gives what was expected and what came of it. */
	async close(io: Io): Promise<readonly Judged[]> {
		this.#pipeline.finish();
		const report = this.#rules?.stage.report() ?? [];
		if (this.#recording !== undefined) io.stderr.write(await closeRecording(this.#recording));
		await this.#rules?.close();
		return this.#judge?.finish(report) ?? [];
	}
}
