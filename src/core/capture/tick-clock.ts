import type { Packet } from "../model/packet.js";

/** The farthest second that a Date can hold, either way from 1970. */
const FARTHEST = 8_640_000_000_000;

/** Turns the 64-bit tick counts of one pcapng interface into seconds and nanoseconds, exactly. */
export class TickClock {
	readonly #offset: number;
	/** ticks in a second when it is a power of ten up to 10^9, else 0 */
	readonly #perSecond: number;
	/** nanoseconds in a tick, for the same */
	readonly #unit: number;
	readonly #resolution: number;

	/**
	 * @param resolution if_tsresol: n for 10^-n seconds, or 0x80 + n for 2^-n
	 * @param offset if_tsoffset: seconds to add
	 */
	constructor(resolution: number, offset: number) {
		this.#resolution = resolution;
		this.#offset = offset;
		this.#perSecond = resolution <= 9 ? 10 ** resolution : 0;
		this.#unit = resolution <= 9 ? 10 ** (9 - resolution) : 0;
	}

	/**
	 * Sets the time of `packet` from the two halves of the tick count.
	 * False when that time lies beyond what a date can say; the packet then has the nearest one.
	 */
	set(packet: Packet, high: number, low: number): boolean {
		const per = this.#perSecond;
		if (per === 0) return this.#setBig(packet, high, low);
		// Long division in base 2^16: every dividend stays below 2^46, so doubles are exact.
		const first = Math.floor(high / per);
		const middle = (high - first * per) * 65536 + (low >>> 16);
		const second = Math.floor(middle / per);
		const rest = (middle - second * per) * 65536 + (low & 0xffff);
		const third = Math.floor(rest / per);
		packet.sec = (first * 65536 + second) * 65536 + third + this.#offset;
		packet.nsec = (rest - third * per) * this.#unit;
		return packet.sec <= FARTHEST && packet.sec >= -FARTHEST ? true : clamp(packet);
	}

	#setBig(packet: Packet, high: number, low: number): boolean {
		const ticks = (BigInt(high) << 32n) | BigInt(low);
		const power = BigInt(this.#resolution & 0x7f);
		const per = (this.#resolution & 0x80) !== 0 ? 1n << power : 10n ** power;
		packet.sec = Number(ticks / per) + this.#offset;
		packet.nsec = Number(((ticks % per) * 1_000_000_000n) / per);
		return packet.sec <= FARTHEST && packet.sec >= -FARTHEST ? true : clamp(packet);
	}
}

function clamp(packet: Packet): false {
	packet.sec = packet.sec > 0 ? FARTHEST : -FARTHEST;
	packet.nsec = 0;
	return false;
}
