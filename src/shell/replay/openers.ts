import { randomBytes } from "node:crypto";
import { readUnit } from "../../core/replay/unit.js";

/** SEND requests without a body, which tell a peer whose session a connection is (RFC 4975 §5.4). The capture has none of them. */
export class Openers {
	readonly #open = new Set<string>();

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
}
