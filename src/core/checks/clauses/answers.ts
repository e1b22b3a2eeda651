import type { MsrpEntry } from "../../model/entry.js";
import { FifoMap } from "../../session/bounded.js";
import { WAITING } from "./types.js";

/** Requests that wait for an answer, by entry number. The oldest are given up when there are too many. */
export class Awaited<T> {
	readonly #open: FifoMap<number, T>;

	constructor(forgotten: (value: T, entry: number) => void) {
		this.#open = new FifoMap(WAITING, forgotten);
	}

	add(entry: number, value: T): void {
		this.#open.set(entry, value);
	}

	/** What an MSRP response or REPORT answers; it waits no longer. */
	answeredBy(entry: MsrpEntry): { request: number; value: T; status: number } | undefined {
		const request = entry.links.answers;
		const value = request === undefined ? undefined : this.#open.get(request);
		if (request === undefined || value === undefined) return undefined;
		const status = statusOf(entry);
		if (status === undefined) return undefined;
		this.#open.delete(request);
		return { request, value, status };
	}

	/** Waits no longer. */
	take(entry: number): T | undefined {
		const value = this.#open.get(entry);
		this.#open.delete(entry);
		return value;
	}

	*rest(): Iterable<[number, T]> {
		for (const entry of [...this.#open.keys()]) {
			const value = this.take(entry);
			if (value !== undefined) yield [entry, value];
		}
	}
}

/** Of a response, or in the Status of a REPORT (namespace 000, RFC 4975 §7.1.2). */
function statusOf({ msrp }: MsrpEntry): number | undefined {
	if (msrp.kind === "response") return msrp.status;
	const code = msrp.method === "REPORT" ? /^\s*000\s+(\d{3})\b/.exec(msrp.get("status") ?? "")?.[1] : undefined;
	return code === undefined ? undefined : Number(code);
}

/**
 * Which responses the sender wants none of (RFC 4975 §7.1.1): "success", those to a request that went well
 * (Failure-Report: partial); "all", any at all (no); undefined, every request is answered.
 */
export function unwanted({ msrp }: MsrpEntry): "success" | "all" | undefined {
	const report = msrp.get("failure-report")?.trim().toLowerCase();
	return report === "no" ? "all" : report === "partial" ? "success" : undefined;
}
