import { describe, expect, it } from "vitest";
import { BoxFinder, type BoxReport } from "../../src/core/explain/boxes/boxes.js";
import { type Endpoint, type Flow, Pipeline, PROFILES } from "../../src/index.js";
import { A, answer, B, CONTACT_B, INVITE, latin1, NAT, row, SDP_B, VIA_A, Wire, wire } from "../alg/scene.js";

/** A call through a box with that profile: what was seen on both sides of it, as entries of both legs. */
function reportsOf(names: string[], { source = A, after }: { source?: Endpoint; after?: (text: string) => string } = {}): BoxReport[] {
	const box = new Wire(names);
	const finder = new BoxFinder();
	const pipeline = new Pipeline({ onEntry: (entry) => finder.entry(entry) });
	let now = 1000;
	const flows = new Map<string, ReturnType<typeof pipeline.openFlow>>();
	const seen = (a: Endpoint, b: Endpoint, text: string, dir: 0 | 1): void => {
		const at = { sec: ++now, nsec: 0, packet: 1 };
		const id = `${a.address} ${b.address}`;
		let flow = flows.get(id);
		if (flow === undefined) {
			const fresh: Flow = { id: flows.size + 1, transport: "udp", a, b, openerKnown: true, midStream: false, tunnels: [], began: at };
			flow = pipeline.openFlow(fresh);
			flows.set(id, flow);
		}
		const octets = Buffer.from(text, "latin1");
		flow.data(dir, octets, 0, octets.length, at);
	};
	const inner = { address: "10.0.0.1", port: 5060 };
	const out = (text: string): string => {
		seen(source, inner, text, 0);
		const went = latin1(box.out(text, source));
		seen(NAT, B, after?.(went) ?? went, 0);
		return went;
	};
	const back = (text: string): string => {
		seen(NAT, B, text, 1);
		const went = latin1(box.in(text));
		seen(source, inner, after?.(went) ?? went, 1);
		return went;
	};
	const invite = out(INVITE);
	const ok = back(answer(invite, "200 OK", [`Contact: ${CONTACT_B}`], SDP_B));
	const uri = (value = ""): string => /<([^>]*)>/.exec(value)?.[1] ?? "";
	const common = (text: string, method: string, cseq: number, turned: boolean): string[] => [
		"Max-Forwards: 70",
		`From: ${row(text, turned ? "To" : "From")}`,
		`To: ${row(text, turned ? "From" : "To")}`,
		`Call-ID: ${row(text, "Call-ID")}`,
		`CSeq: ${cseq} ${method}`,
	];
	out(wire(`ACK ${uri(row(ok, "Contact"))} SIP/2.0`, [`Via: ${VIA_A}2`, ...common(ok, "ACK", 1, false)]));
	const okSent = answer(invite, "200 OK", [], "");
	const bye = back(
		wire(`BYE ${uri(row(invite, "Contact"))} SIP/2.0`, [
			"Via: SIP/2.0/UDP 198.51.100.20:5060;branch=z9hG4bKb1",
			...common(okSent, "BYE", 7, true),
		]),
	);
	out(answer(bye, "200 OK", []));
	return finder.reports();
}

const marks = (report: BoxReport): Record<string, string> =>
	Object.fromEntries(
		report.parts.filter(({ forth, back }) => /[^K]/.test(forth + back)).map(({ part, forth, back }) => [part, `${forth}/${back}`]),
	);

/** Leaves m=message and its SDP alone; writes all by which legs could be joined anew. */
const UNSEEN = new Set(["rtpe-pass", "msrp-b2bua"]);

describe("what a box did, and which profile it is like", () => {
	for (const { name } of PROFILES) {
		if (UNSEEN.has(name)) continue;
		it(`${name}: is the one that fits best, and fits everywhere`, () => {
			// A phone whose packets come from where its Contact says is no case for nathelper.
			const [report, ...more] = reportsOf([name], name === "nated-contact" ? { source: { address: "192.0.2.77", port: 1024 } } : {});
			expect(more).toEqual([]);
			const best = report!.nearest.filter(({ fits }) => fits === report!.compared);
			expect(best).toEqual([{ profile: name, inside: "first", fits: report!.compared }]);
			expect(report!.nearest.length).toBeLessThanOrEqual(4);
		});
	}

	it.each([...UNSEEN])("%s: nothing to be seen, nothing said", (name) => {
		expect(reportsOf([name])).toEqual([]);
	});

	it("a proxy that passes everything is none", () => {
		expect(reportsOf([])).toEqual([]);
	});

	it("parts with their marks, on the way of the first message and back, and an example", () => {
		const [report] = reportsOf(["topo-strip"]);
		expect(marks(report!)).toEqual({
			"Request-URI": "N/N",
			"Contact host:port": "M/M",
			"Contact user": "N/N",
			"Contact URI parameters": "D/D",
			"Contact header parameters": "D/D",
		});
		expect(report!.parts.find(({ part }) => part === "Contact header parameters")!.example).toEqual({
			before: '+sip.instance="<urn:uuid:0f>";+g.oma.sip-im;isfocus',
			after: "",
			entry: 2,
		});
		expect(report).toMatchObject({ first: A, second: B, shows: NAT, moreSessions: 0 });
		expect(report!.entries).toEqual([
			[1, 2],
			[3, 4],
			[5, 6],
			[7, 8],
			[9, 10],
		]);
		expect(marks(reportsOf(["nated-contact"], { source: { address: "192.0.2.77", port: 1024 } })[0]!)).toMatchObject({
			"Contact host:port": "S/K",
			"SDP c=": "S/K",
		});
	});

	it("what no profile does to the full: the nearest ones, with how many parts fit", () => {
		const [report] = reportsOf(["nf-sip"], { after: (text) => text.replace(";isfocus\r\n", "\r\n") });
		expect(report!.nearest[0]).toEqual({ profile: "nf-sip", inside: "first", fits: report!.compared - 2 });
		expect(report!.nearest.map(({ fits }) => fits)).toEqual([...report!.nearest.map(({ fits }) => fits)].sort((a, b) => b - a));
	});
});
