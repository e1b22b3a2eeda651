import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Endpoint } from "../../core/model/flow.js";
import { Conversation, type Report } from "../../core/replay/conversation.js";
import { Credentials } from "../../core/replay/credentials.js";
import type { Plan, Step } from "../../core/replay/types.js";
import type { Link } from "../net/links/index.js";
import { Classes } from "./classes.js";
import { Ends, type EndsOptions } from "./ends.js";
import type { Gate } from "./gate.js";
import { Openers } from "./openers.js";
import { mediaForm } from "./places.js";

/** A message of a run, as it was on the wire. */
export interface Passed {
	protocol: "sip" | "msrp";
	sent: boolean;
	octets: Buffer;
	/** what it stands for in the capture; undefined: nothing there */
	step: Step | undefined;
}

export interface ReplayOptions extends EndsOptions {
	/** answers digest challenges with it; undefined: they are left unanswered, as far as the capture does not answer them */
	password?: string;
	/** name to answer them with; undefined: the recorded one, else the user of From */
	user?: string;
	/** text that stands for other text in everything that is sent */
	replacements?: readonly (readonly [string, string])[];
	/**
	 * Pauses before messages that are sent are those of the capture, divided by this; undefined: none, the next message goes out as soon
	 * as what the capture has before it has come
	 */
	speed?: number;
	/** a server waits this long for its first message; default: as long as for any other */
	firstTimeout?: number;
	signal?: AbortSignal;
	/** asked before each message goes out, and when one does not come */
	gate?: Gate;
	/**
	 * Something between drops messages of ours: calls the listener with the octets of each. It is a skipped message then.
	 */
	onDropped?(listener: (octets: Buffer) => void): void;
	/** told of every message that went out or came */
	onMessage?(message: Passed): void;
	/** SIP is listened for at this address; MSRP, where `listen` was not given */
	onListening?(address: Endpoint): void;
}

/** Plays one side of a recorded conversation once; the report tells what came of it. Rejects with ListenError. */
export async function replay(plan: Plan, options: ReplayOptions): Promise<Report> {
	const player = new Player(plan, options);
	try {
		await player.open();
		return await player.play();
	} finally {
		await player.close();
	}
}

/** Milliseconds to wait for a message that may be implied by the capture, but that nothing rests on. */
const DOUBTFUL = 2000;

const fresh = (length: number): string => randomBytes(length).toString("hex").slice(0, length);

class Player {
	readonly #plan: Plan;
	readonly #options: ReplayOptions;
	readonly #ends: Ends;
	readonly #openers: Openers;
	readonly #classes: Classes;
	readonly #credentials: Credentials | undefined;
	#conversation!: Conversation;
	#wake: () => void = () => {};
	/** the last message that came or went: when in the capture, and when now; milliseconds */
	#last: { recorded: number; live: number } | undefined;
	/** messages that went out, as they were, where something between may drop them */
	readonly #left: Map<string, Step> | undefined;
	#leaving: Step | undefined;
	/** messages that the capture lacks came in vain for once: they are not waited for again */
	#silent = false;

	constructor(plan: Plan, options: ReplayOptions) {
		this.#plan = plan;
		this.#options = options;
		this.#openers = new Openers(plan);
		this.#classes = new Classes(plan);
		this.#left = options.onDropped === undefined ? undefined : new Map();
		options.onDropped?.((octets) => this.#dropped(octets));
		const { password, user, raw } = options;
		this.#credentials = password === undefined || raw === true ? undefined : new Credentials({ user, password, fresh });
		this.#ends = new Ends(plan, options, {
			message: (protocol, octets, link) => {
				if (protocol === "msrp" && options.raw !== true) {
					if (this.#openers.answered(octets)) return undefined;
					const answer = this.#openers.answer(octets);
					if (answer !== undefined) {
						link.send(answer);
						return undefined;
					}
				}
				const asked = this.#credentials?.received(octets, protocol, this.#conversation.foresees(protocol, octets)) ?? [];
				for (const again of asked) link.send(again);
				if (asked.length > 0) return undefined;
				const headline = this.#classes.came(link, octets);
				const step = this.#conversation.received(protocol, octets);
				if (step !== undefined) {
					const difference = this.#classes.difference(step, headline);
					if (difference !== undefined) this.#conversation.differs(step, difference);
					if (step.implied === "any") this.#silent = false;
					this.#passed(step);
				}
				options.onMessage?.({ protocol, sent: false, octets, step });
				this.#wake();
				return step;
			},
			leaving: (protocol, octets) => this.#credentials?.outgoing(octets, protocol) ?? octets,
			left: (octets, link) => {
				this.#classes.sent(link, octets);
				if (this.#leaving !== undefined) this.#left?.set(octets.toString("latin1"), this.#leaving);
			},
			bound: (link, { local, remote }) => this.#conversation.bind(link, local, remote),
		});
	}

	async open(): Promise<void> {
		const { listen: place, msrpListen, raw, replacements } = this.#options;
		const media = await this.#ends.listenMedia();
		this.#conversation = new Conversation(this.#plan, {
			media,
			mediaForm: mediaForm(this.#options),
			fresh,
			...(raw === undefined ? {} : { raw }),
			...(replacements === undefined ? {} : { replacements }),
		});
		for (const { recorded, live } of raw === true ? [] : await this.#ends.listenAsClient()) this.#conversation.listening(recorded, live);
		const sip = place === undefined ? undefined : await this.#ends.listenSip(place);
		if (sip !== undefined || msrpListen !== undefined) this.#options.onListening?.(sip ?? media);
	}

	async play(): Promise<Report> {
		const { signal, timeout, firstTimeout = timeout } = this.#options;
		const conversation = this.#conversation;
		let patience = firstTimeout;
		while (!conversation.done) {
			const step = conversation.next();
			if (step !== undefined) {
				await this.#send(step).catch((error: Error) =>
					conversation.stop(`#${step.entry} ${step.summary} cannot be sent: ${error.message}`),
				);
				continue;
			}
			await this.#openAhead(conversation.awaiting()!).catch((error: Error) => conversation.stop(error.message));
			if (conversation.done || conversation.next() !== undefined) continue;
			const awaited = conversation.awaiting()!;
			const doubtful = awaited.implied === "any";
			if (signal?.aborted === true) conversation.stop("interrupted");
			else if (doubtful && this.#silent) conversation.absent(awaited);
			else if (!(await this.#woken(doubtful ? Math.min(DOUBTFUL, patience) : patience, signal))) {
				if (doubtful) {
					this.#silent = true;
					conversation.absent(awaited);
				} else await this.#overdue(patience);
			}
			patience = timeout;
		}
		return conversation.report();
	}

	/** A message of the peer has not come. */
	async #overdue(waited: number): Promise<void> {
		const conversation = this.#conversation;
		const step = conversation.awaiting()!;
		const decision = await this.#options.gate?.({ kind: "overdue", step, waited });
		// It may have come while the answer was thought about.
		if (conversation.awaiting() !== step || decision?.kind === "go") return;
		if (decision?.kind === "skip") conversation.skip(step);
		else if (decision?.kind === "stop") conversation.stop("stopped by hand");
		else {
			const { trouble } = this.#ends;
			const because = trouble === undefined ? "" : `; ${trouble}`;
			conversation.stop(`waited ${waited / 1000} s for #${step.entry} ${step.summary}${because}`);
		}
	}

	/** Opens the MSRP connection that the peer waits for, where it opened it itself in the capture. */
	async #openAhead({ link, unit }: Step): Promise<void> {
		if (unit.protocol !== "msrp" || unit.msrp.kind !== "request" || this.#ends.has(link)) return;
		const [own, peer] = [unit.msrp.toPath, unit.msrp.fromPath].map((path) => path.map((uri) => this.#conversation.msrpUri(uri)));
		if (own?.[0] === undefined || peer?.[0] === undefined || this.#ends.opensMedia(own[0]) !== true) return;
		const live = await this.#ends.reach(link, peer[0]);
		this.#ends.send(link, live, this.#openers.make(peer, own));
	}

	close(): Promise<void> {
		return this.#ends.close();
	}

	#passed({ at }: Step): void {
		this.#last = { recorded: at, live: performance.now() };
	}

	/** Waits as long as the capture has nothing before this message. */
	async #pause({ at }: Step): Promise<void> {
		const { speed, signal } = this.#options;
		if (speed === undefined || this.#last === undefined) return;
		const due = this.#last.live + Math.max(0, at - this.#last.recorded) / speed;
		const rest = due - performance.now();
		if (rest > 0) await pause(rest, undefined, signal === undefined ? {} : { signal }).catch(() => {});
	}

	async #send(step: Step): Promise<void> {
		await this.#pause(step);
		if (this.#interrupted()) return;
		let link = await this.#reach(step);
		let octets = this.#conversation.compose(step, link.local);
		const decision = await this.#options.gate?.({ kind: "send", step, octets });
		if (decision?.kind === "skip") this.#conversation.skip(step);
		else if (decision?.kind === "stop") this.#conversation.stop("stopped by hand");
		else if (!this.#interrupted()) {
			// The peer may have closed the connection while the answer was thought about.
			const same = await this.#reach(step);
			if (same !== link) octets = this.#conversation.compose(step, same.local);
			link = same;
			const out = decision?.octets ?? octets;
			this.#leaving = step;
			this.#ends.send(step.link, link, out);
			this.#leaving = undefined;
			this.#conversation.sent(step);
			this.#options.onMessage?.({ protocol: step.unit.protocol, sent: true, octets: out, step });
		}
		this.#passed(step);
	}

	/** A message of ours was dropped on its way: nothing comes because of it. */
	#dropped(octets: Buffer): void {
		const step = this.#left?.get(octets.toString("latin1"));
		if (step === undefined) return;
		this.#conversation.skip(step);
		this.#wake();
	}

	#interrupted(): boolean {
		const interrupted = this.#options.signal?.aborted === true;
		if (interrupted) this.#conversation.stop("interrupted");
		return interrupted;
	}

	#reach({ unit, link }: Step): Promise<Link> {
		const path = unit.protocol === "msrp" ? unit.msrp.toPath[0] : undefined;
		return this.#ends.reach(link, path === undefined ? undefined : this.#conversation.msrpUri(path));
	}

	#woken(milliseconds: number, signal: AbortSignal | undefined): Promise<boolean> {
		return new Promise((resolve) => {
			const end = (woken: boolean): void => {
				clearTimeout(timer);
				signal?.removeEventListener("abort", aborted);
				this.#wake = () => {};
				resolve(woken);
			};
			const aborted = (): void => end(true);
			const timer = setTimeout(() => end(false), milliseconds);
			signal?.addEventListener("abort", aborted, { once: true });
			this.#wake = () => end(true);
		});
	}
}
