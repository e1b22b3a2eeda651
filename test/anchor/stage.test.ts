import { describe, expect, it } from "vitest";
import { AnchorStage } from "../../src/core/anchor/stage.js";
import type { AnchorMode } from "../../src/core/anchor/types.js";
import { Rig } from "../relay/rig.js";
import { FakePorts } from "./ports.js";

const A = "msrp://192.0.2.1:7000/aaaa;tcp";
const B = "msrp://198.51.100.2:2855/bbbb;tcp";

interface Side {
	path: string;
	setup?: string | undefined;
	cema?: boolean;
	port?: number;
	extra?: string;
	proto?: string;
	session?: string;
}

function sdp({ path, setup = "actpass", cema = false, port, extra = "", proto = "TCP/MSRP", session = "" }: Side): string {
	const uris = path.split(" ");
	const [, host, own] = /\/\/([^:]+):(\d+)/.exec(uris.at(-1)!)!;
	return `v=0\r\no=- 1 1 IN IP4 ${host}\r\ns=-\r\nc=IN IP4 ${host}\r\nt=0 0\r\n${session}m=message ${port ?? own} ${proto} *\r\na=accept-types:*\r\na=path:${path}\r\n${setup === "" ? "" : `a=setup:${setup}\r\n`}${cema ? "a=msrp-cema\r\n" : ""}${extra}`;
}

function message(start: string, method: string, n: number, toTag: string, body = "", callId = "c1"): string {
	return [
		start,
		`Via: SIP/2.0/TCP 192.0.2.1:5060;branch=z9hG4bK${n}`,
		"Max-Forwards: 70",
		"From: <sip:a@example.com>;tag=fa",
		`To: <sip:b@example.com>${toTag === "" ? "" : `;tag=${toTag}`}`,
		`Call-ID: ${callId}`,
		`CSeq: ${n} ${method}`,
		...(body === "" ? [] : ["Content-Type: application/sdp"]),
		`Content-Length: ${body.length}`,
		"",
		body,
	].join("\r\n");
}
const invite = (body: string, n = 1, toTag = "", callId = "c1") =>
	message("INVITE sip:b@example.com SIP/2.0", "INVITE", n, toTag, body, callId);
const answer = (status: string, body = "", n = 1, toTag = "tb", method = "INVITE") => message(`SIP/2.0 ${status}`, method, n, toTag, body);

function setup(mode: AnchorMode = "path") {
	const ports = new FakePorts();
	const anchor = new AnchorStage(mode, ports);
	const rig = new Rig([anchor]);
	return { ports, anchor, rig };
}

/** A connection to a listener of the anchor. */
function media(beside: Rig, port: number): Rig {
	return new Rig([], { beside, ports: { client: port } });
}

const send = (to: string, from: string, id = "abcd1", more = "") =>
	`MSRP ${id} SEND\r\nTo-Path: ${to}\r\nFrom-Path: ${from}\r\nMessage-ID: m1\r\nByte-Range: 1-2/2\r\n${more}Content-Type: text/plain\r\n\r\nhi\r\n-------${id}$\r\n`;
const reply = (to: string, from: string, id = "abcd1", status = "200 OK") =>
	`MSRP ${id} ${status}\r\nTo-Path: ${to}\r\nFrom-Path: ${from}\r\n-------${id}$\r\n`;

describe("mode path", () => {
	it("gives each end a listener of ours in place of the other's, in a=path, c= and m=; nothing else changes", () => {
		const { ports, rig } = setup();
		rig.send(0, invite(sdp({ path: A })));
		expect(ports.opened[0]!.request).toMatchObject({
			announced: false,
			name: `anchor ${A}`,
			host: "192.0.2.100",
			secure: false,
			target: { host: "192.0.2.1", port: 7000 },
		});
		const offer = sdp({ path: A })
			.replace("c=IN IP4 192.0.2.1", "c=IN IP4 192.0.2.100")
			.replace("m=message 7000", "m=message 30000")
			.replace("//192.0.2.1:7000", "//192.0.2.100:30000");
		expect(rig.text(0)).toBe(invite(offer));
		rig.send(1, answer("200 OK", sdp({ path: B, setup: "active", port: 9 })));
		expect(rig.text(1)).toBe(answer("200 OK", sdp({ path: B, setup: "active", port: 9 })));
		expect(ports.opened).toHaveLength(1);
	});

	it("names each end in MSRP as the other knows it, requests and responses, both ways", () => {
		const { rig } = setup();
		rig.send(0, invite(sdp({ path: A })));
		rig.send(1, answer("200 OK", sdp({ path: B, setup: "passive" })));
		const shownA = A.replace("192.0.2.1:7000", "192.0.2.100:30000");
		const shownB = B.replace("198.51.100.2:2855", "192.0.2.100:30001");
		expect(rig.text(1)).toContain(`a=path:${shownB}\r\n`);
		const wire = media(rig, 30_001);
		wire.send(0, send(shownB, A));
		expect(wire.text(0)).toBe(send(B, shownA));
		wire.send(1, reply(shownA, B));
		expect(wire.text(1)).toBe(reply(A, shownB));
	});

	it("leaves MSRP of other connections alone and does not hold it", () => {
		const { rig } = setup();
		rig.send(0, invite(sdp({ path: A })));
		const wire = media(rig, 2855);
		wire.send(0, send(A, B));
		expect(wire.relay.active(0)).toBe(false);
		expect(wire.text(0)).toBe(send(A, B));
	});

	it("holds the offer until the listener is there, and what follows behind it", () => {
		const { ports, rig } = setup();
		ports.later = true;
		rig.send(0, invite(sdp({ path: A })) + invite("", 5, "", "other"));
		expect(rig.text(0)).toBe("");
		ports.waiting.shift()!();
		expect(rig.text(0)).toContain("a=path:msrp://192.0.2.100:30000/aaaa;tcp");
		expect(rig.text(0).endsWith(invite("", 5, "", "other"))).toBe(true);
	});

	it("without a port the description goes on as it is, with a finding; none where there is one", () => {
		const { ports, rig } = setup();
		ports.refuse = true;
		rig.send(0, invite(sdp({ path: A })));
		expect(rig.text(0)).toBe(invite(sdp({ path: A })));
		const found = (from: Rig) => from.entries.flatMap(({ problems }) => problems).filter(({ id }) => id === "anchor.no-port");
		expect(found(rig)).toEqual([expect.objectContaining({ detail: expect.stringContaining("no port is free") })]);
		const well = setup().rig;
		well.send(0, invite(sdp({ path: A })));
		expect(found(well)).toEqual([]);
	});

	it("only the leftmost URI leads to us, and other media keep the session's address", () => {
		const { ports, rig } = setup();
		const relayed = `msrp://relay.example.com:2855/r;tcp ${A}`;
		rig.send(0, invite(sdp({ path: relayed })));
		expect(ports.opened[0]!.request.target).toEqual({ host: "relay.example.com", port: 2855 });
		expect(rig.text(0)).toContain(`a=path:msrp://192.0.2.100:30000/r;tcp ${A}\r\n`);
		expect(rig.text(0)).toContain("c=IN IP4 192.0.2.1\r\n");
		const two = setup();
		two.rig.send(0, invite(sdp({ path: A, session: "m=audio 4000 RTP/AVP 0\r\n" })));
		expect(two.rig.text(0)).toContain(
			"c=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\nm=message 30000 TCP/MSRP *\r\nc=IN IP4 192.0.2.100\r\n",
		);
	});

	it("over TLS the fingerprint becomes ours", () => {
		const { ports, rig } = setup();
		const secure = A.replace("msrp:", "msrps:");
		rig.send(0, invite(sdp({ path: secure, proto: "TCP/TLS/MSRP", extra: "a=fingerprint:SHA-1 11:22\r\n" })));
		expect(ports.opened[0]!.request.secure).toBe(true);
		expect(rig.text(0)).toContain("a=fingerprint:SHA-256 AA:BB\r\n");
		expect(rig.text(0)).toContain("a=path:msrps://192.0.2.100:30000/aaaa;tcp\r\n");
	});

	it("finds the description in a multipart body", () => {
		const { rig } = setup();
		const part = `--x\r\nContent-Type: text/plain\r\n\r\nv=0\r\n--x\r\nContent-Type: application/sdp\r\n\r\n${sdp({ path: A })}\r\n--x--\r\n`;
		rig.send(0, invite(part).replace("application/sdp\r\nContent-Length", "multipart/mixed;boundary=x\r\nContent-Length"));
		expect(rig.text(0)).toContain("a=path:msrp://192.0.2.100:30000/aaaa;tcp");
	});
});

describe("listeners", () => {
	const established = () => {
		const made = setup();
		made.rig.send(0, invite(sdp({ path: A })));
		made.rig.send(1, answer("200 OK", sdp({ path: B, setup: "passive" })));
		return made;
	};

	it("stay the same for retransmissions and for an unchanged re-INVITE", () => {
		const { rig, ports } = established();
		rig.send(0, invite(sdp({ path: A })));
		rig.send(0, invite(sdp({ path: A }), 2, "tb"));
		rig.send(1, answer("200 OK", sdp({ path: B, setup: "passive" }), 2));
		expect(ports.live).toEqual([30_000, 30_001]);
	});

	it("of an old description go when a new one is accepted, those of a refused one at once", () => {
		const { rig, ports, anchor } = established();
		const moved = A.replace("aaaa", "a2");
		rig.send(0, invite(sdp({ path: moved }), 2, "tb"));
		expect(ports.live).toEqual([30_000, 30_001, 30_002]);
		rig.send(1, answer("488 Not Acceptable Here", "", 2));
		expect(ports.live).toEqual([30_000, 30_001]);
		rig.send(0, invite(sdp({ path: moved }), 3, "tb"));
		rig.send(1, answer("200 OK", sdp({ path: B, setup: "passive" }), 3));
		expect(ports.live).toEqual([30_001, 30_003]);
		expect(anchor.open).toBe(2);
	});

	it("go with the answer to BYE, with a refusal, and with port 0", () => {
		const bye = established();
		bye.rig.send(0, message("BYE sip:b@example.com SIP/2.0", "BYE", 2, "tb"));
		expect(bye.ports.live).toHaveLength(2);
		bye.rig.send(1, answer("200 OK", "", 2, "tb", "BYE"));
		expect([bye.ports.live, bye.anchor.open]).toEqual([[], 0]);
		const refused = setup();
		refused.rig.send(0, invite(sdp({ path: A })));
		refused.rig.send(1, answer("486 Busy Here"));
		expect([refused.ports.live, refused.anchor.open]).toEqual([[], 0]);
		const challenged = setup();
		challenged.rig.send(0, invite(sdp({ path: A })));
		challenged.rig.send(1, answer("401 Unauthorized"));
		expect(challenged.ports.live).toEqual([30_000]);
		const zero = established();
		zero.rig.send(0, invite(sdp({ path: A, port: 0 }), 2, "tb"));
		expect(zero.ports.live).toEqual([30_001]);
	});

	it("of branches that lost a forked call go when one has won", () => {
		const { rig, ports } = setup();
		rig.send(0, invite(sdp({ path: A })));
		rig.send(1, answer("183 Session Progress", sdp({ path: B.replace("bbbb", "b1"), setup: "passive" }), 1, "t1"));
		rig.send(1, answer("183 Session Progress", sdp({ path: B.replace("bbbb", "b2"), setup: "passive" }), 1, "t2"));
		expect(ports.live).toEqual([30_000, 30_001, 30_002]);
		rig.send(1, answer("200 OK", sdp({ path: B.replace("bbbb", "b2"), setup: "passive" }), 1, "t2"));
		expect(ports.live).toEqual([30_000, 30_002]);
	});

	it("that were idle for too long are forgotten and opened anew when they are offered again", () => {
		const { rig, ports } = established();
		ports.opened[0]!.expire();
		rig.send(0, invite(sdp({ path: A }), 2, "tb"));
		expect(ports.live).toEqual([30_001, 30_002]);
	});

	it("that are opened after their call is over are closed at once", () => {
		const { rig, ports } = setup();
		ports.later = true;
		rig.send(0, invite(sdp({ path: A })));
		rig.send(1, answer("486 Busy Here"));
		ports.waiting.shift()!();
		expect(ports.live).toEqual([]);
	});
});

describe("mode cema", () => {
	it("changes c= and m= alone where the description has a=msrp-cema, and no octet of MSRP", () => {
		const { rig, ports } = setup("cema");
		rig.send(0, invite(sdp({ path: A, cema: true })));
		const offer = sdp({ path: A, cema: true })
			.replace("c=IN IP4 192.0.2.1", "c=IN IP4 192.0.2.100")
			.replace("m=message 7000", "m=message 30000");
		expect(rig.text(0)).toBe(invite(offer));
		expect(ports.opened[0]!.request.target).toEqual({ host: "192.0.2.1", port: 7000 });
		const wire = media(rig, 30_000);
		wire.send(0, send(A, B));
		expect(wire.text(0)).toBe(send(A, B));
	});

	it("without the attribute acts as mode path (RFC 6714)", () => {
		const { rig } = setup("cema");
		rig.send(0, invite(sdp({ path: A })));
		expect(rig.text(0)).toContain("a=path:msrp://192.0.2.100:30000/aaaa;tcp");
	});
});

describe("mode relay", () => {
	const established = () => {
		const made = setup("relay");
		made.rig.send(0, invite(sdp({ path: A })));
		made.rig.send(1, answer("200 OK", sdp({ path: B, setup: "passive" })));
		const pathOf = (text: string) => /a=path:(\S+) /.exec(text)![1]!;
		const [overA, overB] = [pathOf(made.rig.text(0)), pathOf(made.rig.text(1))];
		return { ...made, overA, overB, wire: media(made.rig, 30_001) };
	};

	it("puts itself in front of the path and leaves c= and m= to the end itself", () => {
		const { rig, overA } = established();
		expect(overA).toMatch(/^msrp:\/\/192\.0\.2\.100:30000\/[0-9a-f]{20};tcp$/);
		expect(rig.text(0)).toBe(invite(sdp({ path: A }).replace(`a=path:${A}`, `a=path:${overA} ${A}`)));
	});

	it("takes itself from To-Path into From-Path, with a new transaction id, and answers SEND itself", () => {
		const { wire, overB } = established();
		wire.send(0, send(`${overB} ${B}`, A));
		const id = /^MSRP (\S+)/.exec(wire.text(0))![1]!;
		expect(id).not.toBe("abcd1");
		expect(wire.text(0)).toBe(send(B, `${overB} ${A}`, id));
		expect(wire.text(1)).toBe(reply(A, overB));
		wire.send(1, reply(overB, B, id));
		expect(wire.text(1)).toBe(reply(A, overB));
	});

	it("tells whoever sent the message of a failure behind it, and of silence", () => {
		const { wire, overB } = established();
		wire.send(0, send(`${overB} ${B}`, A));
		const id = /^MSRP (\S+)/.exec(wire.text(0))![1]!;
		wire.send(1, reply(overB, B, id, "481 gone"));
		const report = /MSRP (\S+) REPORT\r\n[\s\S]*$/.exec(wire.text(1))!;
		expect(report[0]).toBe(
			`MSRP ${report[1]} REPORT\r\nTo-Path: ${A}\r\nFrom-Path: ${overB}\r\nMessage-ID: m1\r\nByte-Range: 1-2/2\r\nStatus: 000 481 gone\r\n-------${report[1]}$\r\n`,
		);
		const silent = established();
		silent.wire.send(0, send(`${silent.overB} ${B}`, A));
		silent.wire.wait(29);
		expect(silent.wire.text(1)).not.toContain("REPORT");
		silent.wire.wait(1);
		expect(silent.wire.text(1)).toContain("Status: 000 408");
	});

	it("keeps quiet where Failure-Report says so", () => {
		const { wire, overB } = established();
		wire.send(0, send(`${overB} ${B}`, A, "abcd1", "Failure-Report: no\r\n"));
		expect(wire.text(1)).toBe("");
		wire.wait(31);
		expect(wire.text(1)).toBe("");
	});

	it("passes reports on, and none that is for itself", () => {
		const { wire, overA } = established();
		const report = (to: string, from: string, id: string) =>
			`MSRP ${id} REPORT\r\nTo-Path: ${to}\r\nFrom-Path: ${from}\r\nMessage-ID: m1\r\nStatus: 000 200 OK\r\n-------${id}$\r\n`;
		wire.send(1, report(`${overA} ${A}`, B, "rrrr1"));
		const id = /^MSRP (\S+)/.exec(wire.text(1))![1]!;
		expect(wire.text(1)).toBe(report(A, `${overA} ${B}`, id));
		wire.send(1, report(overA, B, "rrrr2"));
		expect(wire.text(1)).toBe(report(A, `${overA} ${B}`, id));
	});

	it("answers AUTH with Use-Path, and 481 to a request for nobody", () => {
		const { wire, overB } = established();
		wire.send(0, `MSRP auth1 AUTH\r\nTo-Path: ${overB}\r\nFrom-Path: ${A}\r\n-------auth1$\r\n`);
		expect(wire.text(1)).toBe(
			`MSRP auth1 200 OK\r\nTo-Path: ${A}\r\nFrom-Path: ${overB}\r\nUse-Path: ${overB}\r\nExpires: 1800\r\n-------auth1$\r\n`,
		);
		wire.send(0, send(overB, A, "abcd9"));
		expect(wire.text(1)).toContain("MSRP abcd9 481 No such session\r\n");
		expect(wire.text(0)).toBe("");
	});

	it("sends a long body on as it comes, and answers when it is over", () => {
		const { wire, overB } = established();
		const body = "x".repeat(200_000);
		const long = send(`${overB} ${B}`, A).replace("1-2/2", "1-200000/200000").replace("\r\n\r\nhi\r\n", `\r\n\r\n${body}\r\n`);
		wire.send(0, long.slice(0, 100_000));
		expect(wire.out(0).length).toBeGreaterThan(99_000);
		expect(wire.text(1)).toBe("");
		wire.send(0, long.slice(100_000));
		const id = /^MSRP (\S+)/.exec(wire.text(0))![1]!;
		expect(wire.text(0).endsWith(`\r\n-------${id}$\r\n`)).toBe(true);
		expect(wire.text(1)).toBe(reply(A, overB));
	});
});
