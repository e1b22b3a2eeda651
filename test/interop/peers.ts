import { spawnSync } from "node:child_process";
import { it } from "vitest";

/** `it`, or a skipped test that says which peer is missing. With MITMSRP_REQUIRE_PEERS set a missing peer fails. */
export function itWith(peer: string, name: string, run: () => void | Promise<void>): void {
	if (spawnSync("sh", ["-c", 'command -v "$0"', peer]).status === 0) {
		it(name, run);
	} else if (process.env.MITMSRP_REQUIRE_PEERS) {
		it(name, () => {
			throw new Error(`${peer} is not installed, and MITMSRP_REQUIRE_PEERS is set`);
		});
	} else {
		it.skip(`${name} (${peer} is not installed)`, run);
	}
}

/** Fields of all packets that `filter` shows, a row a packet, values of repeated fields in lists. */
export function tshark(file: string, filter: string, fields: readonly string[], options: readonly string[] = []): string[][][] {
	const args = [
		"-r",
		file,
		...options,
		"-Y",
		filter,
		"-T",
		"fields",
		"-E",
		"separator=\x01",
		"-E",
		"aggregator=\x02",
		...fields.flatMap((field) => ["-e", field]),
	];
	const { status, stdout, stderr } = spawnSync("tshark", args, { encoding: "utf8", maxBuffer: 1 << 28 });
	if (status !== 0) throw new Error(`tshark: ${stderr}`);
	return stdout
		.split("\n")
		.filter((line) => line !== "")
		.map((line) => line.split("\x01").map((value) => (value === "" ? [] : value.split("\x02"))));
}
