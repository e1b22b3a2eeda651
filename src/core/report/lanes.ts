import { hostPort } from "../fields/addresses.js";
import type { MsrpEntry, SipEntry } from "../model/entry.js";

/** Addresses of MSRP paths that one session remembers. */
const ANNOUNCED = 256;
/** Lines of a ladder; who comes later shares the last. */
const MOST = 40;

interface Announced {
	by: number;
	/** the other end of the SIP leg; undefined: the path went through several hops as it is */
	peer: number | undefined;
}

/**
 * The vertical lines of one session's ladder: who takes part. The MSRP connection of a client belongs to the line of its SIP
 * address where SDP tells so; addresses of one host share a line where they never talk to each other.
 */
export class Lanes {
	readonly #names: string[] = [];
	readonly #hosts: string[] = [];
	readonly #index = new Map<string, number>();
	readonly #announced = new Map<string, Announced>();
	#selfTalk = false;

	/** Lines of sender and receiver, as numbers that `merged` translates. */
	ends(entry: SipEntry | MsrpEntry): [from: number, to: number] {
		const ends = entry.protocol === "sip" ? this.#sip(entry) : this.#msrp(entry);
		if (ends[0] !== ends[1] && this.#hosts[ends[0]] === this.#hosts[ends[1]]) this.#selfTalk = true;
		return ends;
	}

	/** Labels of the lines, and for each number of `ends` its place among them. */
	merged(): { labels: string[]; place: number[] } {
		const lines = new Map<string, string[]>();
		for (const [at, name] of this.#names.entries()) {
			const key = this.#selfTalk ? name : this.#hosts[at]!;
			const known = lines.get(key);
			if (known === undefined) lines.set(key, [name]);
			else known.push(name);
		}
		const labels = [...lines].slice(0, MOST).map(([key, names]) => (names.length === 1 ? names[0]! : key));
		if (lines.size > MOST) labels[MOST - 1] = `${lines.size - MOST + 1} others`;
		const order = new Map([...lines.keys()].map((key, at) => [key, Math.min(at, MOST - 1)]));
		return { labels, place: this.#names.map((name, at) => order.get(this.#selfTalk ? name : this.#hosts[at]!)!) };
	}

	#sip(entry: SipEntry): [number, number] {
		const ends: [number, number] = [this.#line(entry.from.address, entry.from.port), this.#line(entry.to.address, entry.to.port)];
		for (const { msrp } of entry.sdp?.media ?? []) {
			const address = addressOf(msrp?.path[0] ?? "");
			if (address === undefined || this.#announced.size >= ANNOUNCED) continue;
			const known = this.#announced.get(address);
			if (known === undefined) this.#announced.set(address, { by: ends[0], peer: ends[1] });
			else if (known.by !== ends[0] || known.peer !== ends[1]) known.peer = undefined;
		}
		return ends;
	}

	#msrp({ from, to }: MsrpEntry): [number, number] {
		const receiver = this.#announced.get(hostPort(to.address, to.port));
		const sender = this.#announced.get(hostPort(from.address, from.port));
		return [
			sender?.by ?? this.#known(from.address, from.port) ?? receiver?.peer ?? this.#line(from.address, from.port),
			receiver?.by ?? this.#known(to.address, to.port) ?? sender?.peer ?? this.#line(to.address, to.port),
		];
	}

	#known(address: string, port: number): number | undefined {
		return this.#index.get(hostPort(address, port));
	}

	#line(address: string, port: number): number {
		const name = hostPort(address, port);
		let at = this.#index.get(name);
		if (at === undefined) {
			at = this.#names.push(name) - 1;
			this.#hosts.push(address);
			this.#index.set(name, at);
		}
		return at;
	}
}

/** "192.0.2.1:2855" of "msrp://192.0.2.1:2855/xyz;tcp" (RFC 4975 §9); undefined without a port. */
function addressOf(uri: string): string | undefined {
	const found = /^msrps?:\/\/(?:[^@/]*@)?(\[[^\]/]+\]|[^:/;[]+):(\d+)/i.exec(uri);
	return found === null ? undefined : `${found[1]!.toLowerCase()}:${Number(found[2])}`;
}
