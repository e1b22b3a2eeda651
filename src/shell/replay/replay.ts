import { randomBytes } from "node:crypto";
import type { Endpoint } from "../../core/model/flow.js";
import { Conversation, type Report } from "../../core/replay/conversation.js";
import type { Plan, Step } from "../../core/replay/types.js";
import { Ends, type EndsOptions } from "./ends.js";

export interface ReplayOptions extends EndsOptions {
	/** sends the octets as they were */
	raw?: boolean;
	/** text that stands for other text in everything that is sent */
	replacements?: readonly (readonly [string, string])[];
	/** milliseconds to wait for the next message of the peer */
	timeout: number;
	/** a server waits this long for its first message; default: as long as for any other */
	firstTimeout?: number;
	signal?: AbortSignal;
	/** SIP is listened for, at this address */
	onListening?(address: Endpoint): void;
}

/** Plays one side of a recorded conversation once; the report tells what came of it. Rejects when an address cannot be listened at. */
export async function replay(plan: Plan, options: ReplayOptions): Promise<Report> {
	const player = new Player(plan, options);
	try {
		await player.open();
		return await player.play();
	} finally {
		await player.close();
	}
}

class Player {
	readonly #plan: Plan;
	readonly #options: ReplayOptions;
	readonly #ends: Ends;
	#conversation!: Conversation;
	#wake: () => void = () => {};

	constructor(plan: Plan, options: ReplayOptions) {
		this.#plan = plan;
		this.#options = options;
		this.#ends = new Ends(options, {
			message: (protocol, octets) => {
				const step = this.#conversation.received(protocol, octets);
				this.#wake();
				return step?.link;
			},
			bound: (link, { local, remote }) => this.#conversation.bind(link, local, remote),
		});
	}

	async open(): Promise<void> {
		const { listen: place, raw, replacements } = this.#options;
		this.#conversation = new Conversation(this.#plan, {
			media: await this.#ends.listenMedia(),
			fresh: (length) => randomBytes(length).toString("hex").slice(0, length),
			...(raw === undefined ? {} : { raw }),
			...(replacements === undefined ? {} : { replacements }),
		});
		if (place !== undefined) this.#options.onListening?.(await this.#ends.listenSip(place));
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
			if (signal?.aborted === true) conversation.stop("interrupted");
			else if (!(await this.#woken(patience, signal))) {
				const awaited = conversation.awaiting()!;
				conversation.stop(`waited ${patience / 1000} s for #${awaited.entry} ${awaited.summary}`);
			}
			patience = timeout;
		}
		return conversation.report();
	}

	close(): Promise<void> {
		return this.#ends.close();
	}

	async #send(step: Step): Promise<void> {
		const path = step.unit.protocol === "msrp" ? step.unit.msrp.toPath[0] : undefined;
		const link = await this.#ends.reach(step.link, path === undefined ? undefined : this.#conversation.msrpUri(path));
		const octets = this.#conversation.compose(step, link.local);
		this.#conversation.sent(step);
		link.send(octets);
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
