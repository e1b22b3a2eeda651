import { randomBytes } from "node:crypto";
import type { Plan, Unit } from "../../core/replay/types.js";
import { readUnit } from "../../core/replay/unit.js";

/**
 * SEND requests without a body, which tell a peer whose session a connection is (RFC 4975 §5.4), on connections that were opened from
 * the other side in the capture: ours, and those of the peer.
 */
export class Openers {
	readonly #open = new Set<string>();
	/** the recorded peer sent such requests itself: they are steps */
	readonly #recorded: boolean;

	constructor({ steps }: Plan) {
		this.#recorded = steps.some(({ action, unit }) => action === "receive" && isOpener(unit));
	}

	make(toPath: readonly string[], fromPath: readonly string[]): Buffer {
		const id = randomBytes(8).toString("hex");
		this.#open.add(id);
		const lines = [
			`MSRP ${id} SEND`,
			`To-Path: ${toPath.join(" ")}`,
			`From-Path: ${fromPath.join(" ")}`,
			`Message-ID: ${randomBytes(8).toString("hex")}`,
			"Byte-Range: 1-0/0",
			`-------${id}$`,
			"",
		];
		return Buffer.from(lines.join("\r\n"), "latin1");
	}

	/** Whether a message answers one of them: it belongs to no step then. */
	answered(octets: Buffer): boolean {
		const unit = readUnit("msrp", octets);
		return unit?.protocol === "msrp" && unit.msrp.kind === "response" && this.#open.delete(unit.msrp.transactionId);
	}

	/** What such a request of the peer is answered with; undefined when it is none, or one that the capture has too. */
	answer(octets: Buffer): Buffer | undefined {
		const unit = this.#recorded ? undefined : readUnit("msrp", octets);
		if (unit?.protocol !== "msrp" || !isOpener(unit)) return undefined;
		const { transactionId: id, toPath, fromPath } = unit.msrp;
		return Buffer.from(`MSRP ${id} 200 OK\r\nTo-Path: ${fromPath[0]}\r\nFrom-Path: ${toPath[0]}\r\n-------${id}$\r\n`, "latin1");
	}
}

function isOpener(unit: Unit): boolean {
	if (unit.protocol !== "msrp" || unit.msrp.kind !== "request") return false;
	return unit.msrp.method === "SEND" && unit.msrp.bodyOffset < 0;
}
