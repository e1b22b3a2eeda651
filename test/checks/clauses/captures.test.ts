import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { ClauseTable } from "../../../src/core/checks/clauses/table.js";
import { analyzeCapture } from "../../../src/shell/analyze.js";

const folder = fileURLToPath(new URL("../../../captures/", import.meta.url));
const files = readdirSync(folder).filter((name) => /\.(?:pcap|cap|pcapng)$/.test(name));

async function checked(name: string, given = {}): Promise<ClauseTable> {
	const table = new ClauseTable({ given });
	await analyzeCapture(
		folder + name,
		{ classify: { given } },
		{ entry: (entry) => table.entry(entry), late: (number, problem) => table.late(number, problem) },
	);
	table.finish();
	return table;
}

function listed(table: ClauseTable, result: "violation" | "info"): Record<string, number> {
	return Object.fromEntries(
		[...table.total].filter(([, { counts }]) => counts[result] > 0).map(([id, { counts }]) => [id, counts[result]]),
	);
}

/** Every violation in the captures, read one by one. All other files have none. */
const VIOLATIONS: Record<string, Record<string, number>> = {
	// Its notifications have no imdn.Message-ID of their own.
	"linphone-cpim-imdn.pcap": { C23: 8 },
	// The test program that was recorded writes Content-Disposition into the CPIM headers, asks for a notification of its
	// notification, and sends it to the recipient instead of the sender.
	"msrplib-cpim-chunked.pcapng": { C23: 8 },
	// What is called isComposing is encrypted by OTR.
	"sipsimple-sip-msrp-chat.pcap": { C21: 4 },
	// The switch adds the display name of the room to To.
	"sylkserver-conference.pcapng": { C34: 18 },
};

describe("the captures", () => {
	it("are all there", () => expect(files.length).toBe(36));

	for (const name of files) {
		it(name, async () => {
			const table = await checked(name);
			expect(listed(table, "violation")).toEqual(VIOLATIONS[name] ?? {});
			expect(listed(table, "info")).toEqual({});
		});
	}

	it("a chat room: what passes, and who is to blame for what does not", async () => {
		const { total } = await checked("sylkserver-conference.pcapng");
		const passed = ["C04", "C05", "C07", "C08", "C11", "C12", "C14", "C19", "C20", "C21", "C32", "C35", "C37", "C38", "C40", "C42"];
		for (const check of passed) expect({ check, result: total.get(check)?.result }).toEqual({ check, result: "pass" });
		expect(total.get("C19")?.counts.pass).toBe(30);
		expect(total.get("C35")?.counts).toEqual({ pass: 9, violation: 0, info: 0, unknown: 9, "n/a": 0 });
		expect(total.get("C34")!.findings[0]).toMatchObject({ blame: "switch", entries: [32, 12], session: "c2" });
		// The room is no OMA server: the change request does not bind it. Read as one, its notices lack isfocus.
		expect(total.get("C01")?.result).toBe("n/a");
		const oma = await checked("sylkserver-conference.pcapng", { profile: "oma" });
		expect(oma.total.get("C01")?.counts).toMatchObject({ pass: 0, violation: 6 });
	});

	it("a relay passes CPIM on octet by octet", async () => {
		for (const name of ["kamailio-msrp-relay.pcap", "crocodile-msrp-over-ws.pcapng"]) {
			const { total } = await checked(name);
			expect(total.get("C34")?.counts).toMatchObject({ pass: 6, violation: 0 });
		}
	});
});
