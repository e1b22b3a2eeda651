import { ToxicChain } from "../../src/core/toxics/chain.js";
import { toxicSettings } from "../../src/core/toxics/settings.js";
import type { Ending, ToxicSettings } from "../../src/core/toxics/types.js";

/** One toxic as the API is given it: its type, its attributes, anything else. */
export function toxic(type: string, attributes: Record<string, number> = {}, more: Partial<ToxicSettings> = {}): ToxicSettings {
	return toxicSettings({ type, stream: "upstream", attributes, ...more });
}

/** A chain with a clock of its own, in milliseconds, that notes what comes out and when. */
export class Line {
	readonly chain: ToxicChain;
	readonly out: { at: number; octets: Buffer; tag: unknown; offset: number }[] = [];
	readonly ends: { at: number; how: Ending }[] = [];
	now = 0;

	constructor(toxics: readonly ToxicSettings[] = [], options: { whole?: boolean; lossy?: boolean; seed?: number } = {}) {
		this.chain = new ToxicChain(
			{
				send: (octets, tag, offset, at) => void this.out.push({ at, octets, tag, offset }),
				end: (how, at) => void this.ends.push({ at, how }),
			},
			{ whole: false, lossy: false, seed: 1, ...options },
		);
		for (const one of toxics) this.chain.add(one, 0);
	}

	push(octets: Buffer | string, tag?: unknown): void {
		this.chain.push(Buffer.from(octets as string, "latin1"), tag, this.now);
	}

	end(how: Ending = "fin"): void {
		this.chain.end(how, this.now);
	}

	/** Lets so many milliseconds pass; the chain is woken when it wants to be. */
	wait(milliseconds: number): void {
		const until = this.now + milliseconds;
		for (let n = 0; n < 1_000_000; n++) {
			const { wakeAt } = this.chain;
			if (wakeAt === undefined || wakeAt > until) break;
			this.now = Math.max(this.now, wakeAt);
			this.chain.advance(this.now);
		}
		this.now = until;
	}

	get octets(): Buffer {
		return Buffer.concat(this.out.map(({ octets }) => octets));
	}

	get text(): string {
		return this.octets.toString("latin1");
	}

	get sizes(): number[] {
		return this.out.map(({ octets }) => octets.length);
	}

	get times(): number[] {
		return this.out.map(({ at }) => at);
	}
}
