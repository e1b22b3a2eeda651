import { describe, expect, test } from "vitest";
import { ids, request, response, Scene } from "./scene.js";

const A = "192.0.2.1:5060";
const B = "192.0.2.2:5060";

describe("SIP transactions", () => {
	test("responses answer their request; retransmissions repeat the first copy", () => {
		const s = new Scene();
		const invite = s.sip(A, B, request("INVITE", "sip:bob@192.0.2.2", { contact: "<sip:alice@192.0.2.1>" }));
		const again = s.sip(A, B, request("INVITE", "sip:bob@192.0.2.2", { contact: "<sip:alice@192.0.2.1>" }));
		const trying = s.sip(B, A, response(100, "INVITE"));
		const ringing = s.sip(B, A, response(180, "INVITE", { toTag: "b", contact: "<sip:bob@192.0.2.2>" }));
		const ringing2 = s.sip(B, A, response(180, "INVITE", { toTag: "b", contact: "<sip:bob@192.0.2.2>" }));
		const ok = s.sip(B, A, response(200, "INVITE", { toTag: "b", contact: "<sip:bob@192.0.2.2>" }));
		const ack = s.sip(A, B, request("ACK", "sip:bob@192.0.2.2", { branch: "2", toTag: "b" }));
		expect(invite.links).toEqual({ session: "c1", dialog: "d1" });
		expect(again.links).toEqual({ session: "c1", dialog: "d1", repeats: 1 });
		expect(again.problems).toEqual([{ id: "sip.retransmission", offset: 0, length: 0, detail: "of entry 1" }]);
		expect(trying.links).toEqual({ session: "c1", dialog: "d1", answers: 1 });
		expect(ringing.links).toEqual({ session: "c1", dialog: "d1", answers: 1 });
		expect(ringing2.links).toEqual({ session: "c1", dialog: "d1", answers: 1, repeats: 4 });
		expect(ids(ringing2)).toEqual(["sip.retransmission"]);
		expect(ok.links).toEqual({ session: "c1", dialog: "d1", answers: 1 });
		expect(ack.links).toEqual({ session: "c1", dialog: "d1" });
		s.wait(100);
		expect(s.ids()).toEqual([]);
	});

	test("CANCEL is a transaction of its own; the ACK of a 487 belongs to the attempt", () => {
		const s = new Scene();
		s.sip(A, B, request("INVITE", "sip:bob@192.0.2.2", { contact: "<sip:alice@192.0.2.1>" }));
		s.sip(B, A, response(180, "INVITE", { toTag: "b", contact: "<sip:bob@192.0.2.2>" }));
		const cancel = s.sip(A, B, request("CANCEL", "sip:bob@192.0.2.2"));
		const ok = s.sip(B, A, response(200, "CANCEL", { toTag: "b" }));
		const terminated = s.sip(B, A, response(487, "INVITE", { toTag: "b" }));
		const ack = s.sip(A, B, request("ACK", "sip:bob@192.0.2.2", { toTag: "b" }));
		expect(cancel.links).toEqual({ session: "c1", dialog: "d1" });
		expect(ok.links.answers).toBe(3);
		expect(terminated.links.answers).toBe(1);
		expect(ack.links).toEqual({ session: "c1", dialog: "d1" });
		s.wait(100);
		expect(s.ids()).toEqual([]);
		expect(s.tables.session("c1")?.ended).toBe(true);
		expect(s.tables.session("c1")?.dialogs[0]?.state).toBe("terminated");
	});

	test("without a branch, the rest of the key tells transactions apart (RFC 2543)", () => {
		const s = new Scene();
		const via = "SIP/2.0/UDP 192.0.2.1:5060";
		s.sip(A, B, request("OPTIONS", "sip:bob@192.0.2.2", { via, cseq: "7 OPTIONS" }));
		s.sip(A, B, request("OPTIONS", "sip:bob@192.0.2.2", { via, cseq: "8 OPTIONS" }));
		const first = s.sip(B, A, response(200, "OPTIONS", { via, cseq: "7 OPTIONS", toTag: "x" }));
		const second = s.sip(B, A, response(200, "OPTIONS", { via, cseq: "8 OPTIONS", toTag: "y" }));
		expect([first.links.answers, second.links.answers]).toEqual([1, 2]);
		expect(s.ids()).toEqual([]);
	});

	test("one branch for two requests is no retransmission", () => {
		const s = new Scene();
		s.sip(A, B, request("OPTIONS", "sip:bob@192.0.2.2", { cseq: "1 OPTIONS" }));
		const second = s.sip(A, B, request("OPTIONS", "sip:bob@192.0.2.2", { cseq: "2 OPTIONS" }));
		expect(second.links.repeats).toBeUndefined();
	});

	test("a transparent box shows one branch on two hops: each response answers on its own", () => {
		const s = new Scene();
		const text = request("OPTIONS", "sip:bob@198.51.100.2");
		s.sip("192.0.2.1:5060", "192.0.2.9:5060", text);
		const beyond = s.sip("203.0.113.9:40000", "198.51.100.2:5060", text);
		const far = s.sip(
			"198.51.100.2:5060",
			"203.0.113.9:40000",
			response(200, "OPTIONS", { toTag: "b", via: viaReceived("203.0.113.9", 40000) }),
		);
		const near = s.sip("192.0.2.9:5060", "192.0.2.1:5060", response(200, "OPTIONS", { toTag: "b" }));
		expect(beyond.links.repeats).toBeUndefined();
		expect([far.links.answers, near.links.answers]).toEqual([2, 1]);
		expect(s.ids()).toEqual([]);
	});

	test("a response that nothing asked for here answers nothing", () => {
		const s = new Scene();
		const ok = s.sip(B, A, response(200, "OPTIONS", { toTag: "b" }));
		expect(ok.links).toEqual({ session: "c1" });
		expect(s.ids()).toEqual([]);
	});
});

function viaReceived(address: string, port: number): string {
	return `SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1;received=${address};rport=${port}`;
}

describe("sip.timeout", () => {
	test("no final response for 32 s, and only when the capture lasts that long", () => {
		const s = new Scene();
		s.sip(A, B, request("OPTIONS", "sip:bob@192.0.2.2"));
		s.wait(31);
		expect(s.findings()).toEqual([]);
		s.wait(2);
		expect(s.findings()).toEqual(["late 1 sip.timeout: OPTIONS without any response for 32 s"]);
		s.wait(100);
		expect(s.findings()).toHaveLength(1);
	});

	test("a ringing INVITE may take longer, a silent one not", () => {
		const s = new Scene();
		s.sip(A, B, request("INVITE", "sip:bob@192.0.2.2", { contact: "<sip:alice@192.0.2.1>" }));
		s.sip(B, A, response(100, "INVITE"));
		s.sip(A, B, request("INVITE", "sip:bob@192.0.2.2", { callId: "call-2", branch: "2", contact: "<sip:alice@192.0.2.1>" }));
		s.wait(90);
		expect(s.findings()).toEqual(["late 3 sip.timeout: INVITE without any response for 32 s"]);
		const ok = s.sip(B, A, response(200, "INVITE", { toTag: "b", contact: "<sip:bob@192.0.2.2>" }));
		expect(ok.links.answers).toBe(1);
	});

	test("ACK waits for nothing", () => {
		const s = new Scene();
		s.sip(A, B, request("ACK", "sip:bob@192.0.2.2", { toTag: "b" }));
		s.wait(100);
		expect(s.findings()).toEqual([]);
	});
});

describe("sip.ack-missing", () => {
	const invite = request("INVITE", "sip:bob@192.0.2.2", { contact: "<sip:alice@192.0.2.1>" });

	test("the 2xx reached the caller straight from the host that the ACK must go to", () => {
		const s = new Scene();
		s.sip(A, B, invite);
		s.sip(B, A, response(200, "INVITE", { toTag: "b", contact: "<sip:bob@192.0.2.2>" }));
		s.wait(33);
		expect(s.findings()).toEqual(["late 2 sip.ack-missing: no ACK to CSeq 1 for 32 s"]);
	});

	test("an ACK that goes past the proxy is not missing", () => {
		const s = new Scene();
		s.sip(A, B, invite);
		s.sip(B, A, response(200, "INVITE", { toTag: "b", contact: "<sip:bob@198.51.100.7>" }));
		s.wait(33);
		expect(s.findings()).toEqual([]);
	});

	test("a 2xx that is sent again and again has not been acknowledged, wherever the ACK should go", () => {
		const s = new Scene();
		s.sip(A, B, invite);
		for (let i = 0; i < 4; i++) s.sip(B, A, response(200, "INVITE", { toTag: "b", contact: "<sip:bob@198.51.100.7>" }));
		s.wait(33);
		expect(s.findings().at(-1)).toBe("late 2 sip.ack-missing: no ACK to CSeq 1 for 32 s, sent 4 times");
	});

	test("the lost 2xx is sent again and then acknowledged", () => {
		const s = new Scene();
		s.sip(A, B, invite);
		s.sip(B, A, response(200, "INVITE", { toTag: "b", contact: "<sip:bob@192.0.2.2>" }));
		s.wait(0.5);
		const again = s.sip(B, A, response(200, "INVITE", { toTag: "b", contact: "<sip:bob@192.0.2.2>" }));
		s.sip(A, B, request("ACK", "sip:bob@192.0.2.2", { branch: "2", toTag: "b" }));
		s.wait(33);
		expect(again.links).toEqual({ session: "c1", dialog: "d1", answers: 1, repeats: 2 });
		expect(s.ids()).toEqual([]);
	});
});

describe("sip.ack-missing after a refusal", () => {
	const invite = request("INVITE", "sip:bob@192.0.2.2", { contact: "<sip:alice@192.0.2.1>" });

	test("every hop acknowledges what it was told (RFC 3261 §17.1.1.3)", () => {
		const s = new Scene();
		s.sip(A, B, invite);
		s.sip(B, A, response(100, "INVITE"));
		s.sip(B, A, response(486, "INVITE", { toTag: "b" }));
		s.wait(31);
		expect(s.findings()).toEqual([]);
		s.wait(33);
		expect(s.findings()).toEqual(["late 3 sip.ack-missing: no ACK to the 486 to CSeq 1 for 32 s"]);
		expect(s.tables.session("c1")?.worst).toBe("warn");
	});

	test.each([
		["with the branch of the INVITE", "1"],
		["with another branch, as before RFC 3261", "7"],
	])("acknowledged %s", (_, branch) => {
		const s = new Scene();
		s.sip(A, B, invite);
		s.sip(B, A, response(486, "INVITE", { toTag: "b" }));
		s.sip(A, B, request("ACK", "sip:bob@192.0.2.2", { toTag: "b", branch }));
		s.wait(100);
		expect(s.findings().filter((line) => line.includes("ack"))).toEqual([]);
	});
});

describe("sip.ack-branch-reused", () => {
	const contact = "<sip:bob@192.0.2.2>";
	const scene = (branch: string, status: number) => {
		const s = new Scene();
		s.sip(A, B, request("INVITE", "sip:bob@192.0.2.2", { contact: "<sip:alice@192.0.2.1>", branch }));
		s.sip(B, A, response(status, "INVITE", { toTag: "b", contact, branch }));
		return s;
	};

	test("the ACK to a 2xx is a transaction of its own", () => {
		const s = scene("1", 200);
		const ack = s.sip(A, B, request("ACK", "sip:bob@192.0.2.2", { toTag: "b" }));
		const again = s.sip(A, B, request("ACK", "sip:bob@192.0.2.2", { toTag: "b" }));
		const start = "ACK sip:bob@192.0.2.2 SIP/2.0\r\nVia: ".length;
		const length = "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1".length;
		expect(ack.problems).toEqual([{ id: "sip.ack-branch-reused", offset: start, length, detail: "as in entry 1" }]);
		expect(ids(again)).toEqual(["sip.retransmission"]);
	});

	test("a branch of its own, the branch of a refused INVITE, and branches from before RFC 3261 are right", () => {
		const own = scene("1", 200);
		expect(ids(own.sip(A, B, request("ACK", "sip:bob@192.0.2.2", { toTag: "b", branch: "2" })))).toEqual([]);
		const refused = scene("1", 486);
		expect(ids(refused.sip(A, B, request("ACK", "sip:bob@192.0.2.2", { toTag: "b" })))).toEqual([]);
		const old = new Scene();
		const via = "SIP/2.0/UDP 192.0.2.1:5060;branch=1";
		old.sip(A, B, request("INVITE", "sip:bob@192.0.2.2", { contact: "<sip:alice@192.0.2.1>", via }));
		old.sip(B, A, response(200, "INVITE", { toTag: "b", contact, via }));
		expect(ids(old.sip(A, B, request("ACK", "sip:bob@192.0.2.2", { toTag: "b", via })))).toEqual([]);
	});
});

describe("Via of responses", () => {
	const options = (via: string) => request("OPTIONS", "sip:bob@192.0.2.2", { via });

	test("sip.via-received-missing", () => {
		const s = new Scene();
		const via = "SIP/2.0/UDP pc33.example.com;branch=z9hG4bK1";
		s.sip(A, B, options(via));
		const ok = s.sip(B, A, response(200, "OPTIONS", { via, toTag: "b" }));
		expect(ok.problems).toEqual([
			{
				id: "sip.via-received-missing",
				offset: 25,
				length: via.length,
				detail: "sent-by pc33.example.com, request from 192.0.2.1",
			},
		]);
	});

	test("silent: received is there, sent-by is the source, IPv6 in another spelling, WebSocket, NAT beyond the capture", () => {
		const s = new Scene();
		const cases: [string, string, string, string][] = [
			[A, B, "SIP/2.0/UDP pc33.example.com;branch=z9hG4bK1", "SIP/2.0/UDP pc33.example.com;branch=z9hG4bK1;received=192.0.2.1"],
			[A, B, "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK2", "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK2"],
			[
				"2001:db8::1:5060",
				"2001:db8::2:5060",
				"SIP/2.0/UDP [2001:DB8:0::1];branch=z9hG4bK3",
				"SIP/2.0/UDP [2001:DB8:0::1];branch=z9hG4bK3",
			],
			["10.0.0.5:5060", B, "SIP/2.0/UDP 203.0.113.9:40123;branch=z9hG4bK4", "SIP/2.0/UDP 203.0.113.9:40123;branch=z9hG4bK4"],
		];
		for (const [from, to, sent, back] of cases) {
			s.sip(from, to, options(sent));
			s.sip(to, from, response(200, "OPTIONS", { via: back, toTag: "b" }));
		}
		const ws = { transport: "tcp", over: "ws" } as const;
		s.sip("192.0.2.1:40000", "192.0.2.2:80", options("SIP/2.0/WS df7j.invalid;branch=z9hG4bK5"), ws);
		s.sip("192.0.2.2:80", "192.0.2.1:40000", response(200, "OPTIONS", { via: "SIP/2.0/WS df7j.invalid;branch=z9hG4bK5", toTag: "b" }), ws);
		expect(s.ids()).toEqual([]);
	});

	test("sip.rport-mismatch", () => {
		const s = new Scene();
		s.sip("192.0.2.1:40000", B, options("SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1;rport"));
		const wrong = response(200, "OPTIONS", { via: "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1;received=192.0.2.1;rport=5060", toTag: "b" });
		const ok = s.sip(B, "192.0.2.1:40000", wrong);
		expect(ok.problems.map(({ id, detail }) => `${id}: ${detail}`)).toEqual(["sip.rport-mismatch: rport 5060, request from port 40000"]);
	});

	test("rport is the live proxy's own port on the leg of its client", () => {
		const s = new Scene();
		s.sip("192.0.2.1:40000", B, options("SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1;rport"), { leg: "client" });
		const ok = s.sip(
			B,
			"192.0.2.1:40000",
			response(200, "OPTIONS", { via: "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1;received=192.0.2.1;rport=5060", toTag: "b" }),
			{ leg: "client" },
		);
		expect(ok.problems).toEqual([]);
	});

	test("rport is right, or tells of a NAT between the capture and the server", () => {
		const s = new Scene();
		s.sip("10.0.0.5:40000", B, options("SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bK1;rport"));
		const nat = "SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bK1;received=203.0.113.9;rport=61000";
		s.sip(B, "10.0.0.5:40000", response(200, "OPTIONS", { via: nat, toTag: "b" }));
		s.sip("10.0.0.5:40000", B, options("SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bK2;rport"));
		const right = "SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bK2;received=10.0.0.5;rport=40000";
		s.sip(B, "10.0.0.5:40000", response(200, "OPTIONS", { via: right, toTag: "b" }));
		expect(s.ids()).toEqual([]);
	});
});
