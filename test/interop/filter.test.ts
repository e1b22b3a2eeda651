import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect } from "vitest";
import { MessageRecorder } from "../../src/core/record/recorder.js";
import { compileFilter } from "../../src/core/rules/filter/index.js";
import { analyzeCapture } from "../../src/index.js";
import { memoryCapture } from "../record/files.js";
import { itWith } from "./peers.js";

const folder = mkdtempSync(join(tmpdir(), "mitmsrp-filter-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const captures = fileURLToPath(new URL("../../captures/", import.meta.url));

/** What both languages can say about SIP. */
const SHARED = [
	"sip",
	"sip.Method",
	'sip.Method == "INVITE"',
	"sip.Method == INVITE",
	'sip.Method[0:3] == "INV" or sip.Method == "ACK"',
	'sip.Method != "INVITE"',
	'!(sip.Method == "INVITE") and sip',
	'sip.Method not in {"INVITE", "ACK"} && sip',
	'sip.Method in {"BYE", "REGISTER", "OPTIONS"}',
	"sip.Status-Code",
	"sip.Status-Code >= 400",
	"sip.Status-Code in {100..199, 200}",
	"sip.Status-Code == 0xc8",
	'sip.CSeq.seq > 1 && sip.CSeq.method == "INVITE"',
	'sip.CSeq.method in {"REGISTER"} || sip.Status-Code == 180 && sip.To contains "tag"',
	'sip.Call-ID contains "@"',
	'sip.Call-ID matches "^[0-9a-f]+"',
	'sip.User-Agent matches "asterisk|x-lite|sipp"',
	'sip.User-Agent matches "(?-i)Asterisk"',
	"len(sip.Call-ID) > 30",
	"count(sip.Via) > 1",
	"count(sip.Via) >= 1",
	'upper(sip.CSeq.method) == "INVITE"',
	'lower(sip.Method) == "register"',
	'sip.Method[1-2] == "NV"',
	'sip.Method[0] == "R"',
	'any sip.Via contains "z9hG4bK"',
	'all sip.Via contains "UDP"',
	"sip.from.user == sip.to.user",
	"sip.from.user != sip.to.user",
	"sip.from.addr === sip.to.addr",
	"sip.to.tag",
	"not sip.to.tag and sip.Method",
	"sip.r-uri.user",
	"sip.r-uri.host",
	'sip.r-uri.port == "5060"',
	"sip.contact.user",
	"sip.contact.host",
	"sip.from.host",
	"sip.to.host",
	'sip.Via.transport == "TCP"',
	"sip.Via.sent-by.address",
	"sip.Via.sent-by.port == 5060",
	"sip.Via.sent-by.port > 5060",
	'sip.Via.branch contains "z9hG4bK"',
	"sip.Via.rport",
	"sip.Via.received",
	"sip.auth.realm",
	"sip.auth.username",
	"sip.auth.uri",
	"sip.Expires",
	"sip.Expires > 0",
	"sip.Max-Forwards < 70",
	"sip.Content-Length > 0",
	'sip.Content-Type contains "sdp"',
	'sip contains "tag="',
	"sip contains 74:61:67",
	"sip.Route.uri",
	"sip.Record-Route",
	'sip.Record-Route.uri contains "lr"',
	"sip.Server",
	'sip.Allow contains "INVITE"',
	"sip && ip.src == 10.0.0.0/8",
	"sip && ip.addr == 192.168.0.0/16",
	"sip && ip.addr != 127.0.0.1",
	"sip && ip.dst > 100.0.0.0",
	"sip && udp.port == 5060",
	"sip && tcp.port == 5060",
	"sip && udp.srcport > 5060",
	"sip && udp.port in {5000..5060}",
	"sip && frame.time_relative > 1",
	"sip && frame.time_relative <= 0.5",
	"sip && frame.number < 10",
	"sip && frame.time_epoch > 1300000000",
	"sip and ip",
	"sip and ipv6",
	"sip and udp",
	"sdp && sip",
	"sdp.media.port > 5000 && sip",
	'sdp.media.media == "audio" && sip',
	'sip && sdp.media.proto == "RTP/AVP"',
	'sip && sdp.connection_info.address contains "1"',
	"sip && sdp.owner.username",
	"sip && sdp.owner.sessionid",
	'sip && sdp.session_name contains "-"',
	'sip && sdp.media_attribute.field == "rtpmap"',
	'sip && sdp.version == "0"',
	"sip.Status-Code == 200 or sip.Status-Code == 180 and sip.CSeq.seq == 2",
	"sip.CSeq.seq < sip.Max-Forwards < 80",
] as const;

/** Where both see the same messages, one a packet. */
const COMPARED = ["sipnab-sip-over-tcp.pcap", "sipnab-b2bua-asterisk.pcapng", "sipnab-sip-auth-failure.pcapng", "profuzzbench-sip-1.pcap"];

/** What both languages can say about MSRP. */
const MSRP = [
	"msrp",
	'msrp.method == "SEND"',
	'msrp.method != "SEND"',
	"msrp.status.code",
	"msrp.status.code != 200",
	"msrp.transaction.id",
	'msrp.cnt.flg == "$"',
	'msrp.messageid matches "^[0-9a-f]+$"',
	'msrp.success.report == "yes"',
	"msrp.failure.report",
	'msrp.byte.range contains "1-"',
	'msrp.content.type == "message/cpim"',
	'msrp.to.path contains "tcp" && msrp.from.path contains "msrp://"',
	"msrp.status",
	'msrp.request.line matches "REPORT$"',
	'msrp.response.line contains " 200 OK"',
	'msrp.end.line matches "^-------[^ ]+[$]$"',
	"msrp.msg.hdr",
	'msrp contains "message/cpim" and not msrp.status.code',
	'msrp.data contains "isfocus" || msrp.data contains "Subject"',
	"len(msrp.transaction.id) > 8",
	"msrp.use.path",
	"msrp.www.authenticate",
	"msrp.authorization",
	"msrp.content.id",
	"msrp.content.description",
	"msrp.content.disposition",
	"msrp.authentication.info",
	"msrp.status.code.invalid",
];

interface Answer {
	ours: string;
	theirs: string;
}

async function compare(path: string, expressions: readonly string[]): Promise<Map<string, Answer>> {
	const filters = expressions.map((source) => ({
		filter: compileFilter(source),
		context: {} as { zero?: { sec: number; nsec: number } },
		found: new Set<number>(),
	}));
	await analyzeCapture(
		path,
		{},
		{
			start: (at) => {
				for (const { context } of filters) context.zero = { sec: at.sec, nsec: at.nsec };
			},
			entry: (entry) => {
				if (entry.protocol !== "sip" && entry.protocol !== "msrp") return;
				for (const { filter, context, found } of filters) if (filter.test(entry, context)) found.add(entry.at.packet);
			},
		},
	);
	const answers = new Map<string, Answer>();
	for (const { filter, found } of filters) {
		const { stdout, stderr, status } = spawnSync(
			"tshark",
			["-r", path, "-Y", `(${filter.source}) && !icmp`, "-T", "fields", "-e", "frame.number"],
			{ encoding: "utf8" },
		);
		const theirs = status === 0 ? stdout.trim().replaceAll("\n", " ") : stderr;
		answers.set(filter.source, { ours: [...found].sort((a, b) => a - b).join(" "), theirs });
	}
	return answers;
}

function expectSame(answers: Map<string, Answer>): void {
	const ours = Object.fromEntries([...answers].map(([source, { ours }]) => [source, ours]));
	const theirs = Object.fromEntries([...answers].map(([source, { theirs }]) => [source, theirs]));
	expect(ours).toEqual(theirs);
}

describe("the same expression gives the same packets as tshark -Y", () => {
	for (const name of COMPARED) {
		itWith("tshark", name, async () => {
			expectSame(await compare(join(captures, name), SHARED));
		});
	}

	itWith("tshark", "MSRP, one message a segment: as --write writes it", async () => {
		const { capture, file } = memoryCapture();
		const messages = new MessageRecorder(capture, () => []);
		await analyzeCapture(join(captures, "sylkserver-conference.pcapng"), {}, { entry: (entry) => messages.entry(entry) });
		const path = join(folder, "messages.pcapng");
		writeFileSync(path, file());
		expectSame(await compare(path, MSRP));
	});
});
