// Messages a second and core of the SIP and MSRP decoders, with the headers that every user needs. `msrp` knows the CPIM head the way
// the pipeline does: by its lines, where they are beyond doubt; `parsed` takes every CPIM address and its URI apart too.

import { quickCpim } from "../dist/core/pipeline/quick-cpim.js";
import { parseCpim } from "../dist/core/protocols/cpim/index.js";
import { MsrpStreamDecoder } from "../dist/core/protocols/msrp/index.js";
import { decodeSipDatagram } from "../dist/core/protocols/sip/index.js";

const ok = Buffer.from(
	"SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP 192.0.2.40:5060;branch=z9hG4bK74bf9\r\nFrom: <sip:bob@example.com>;tag=9fxced76sl\r\nTo: <sip:room@im.example.com>;tag=8321234356\r\nCall-ID: 3848276298220188511@ue-bob.example.com\r\nCSeq: 1 INVITE\r\nContact: <sip:sess-7f3a@focus.im.example.com;isfocus>;isfocus\r\nServer: IM-serv/OMA2.0 ExampleFocus/1.4\r\nContent-Length: 0\r\n\r\n",
);
const cpim =
	"From: Alice <sip:alice@example.com>\r\nTo: <sip:sess-7f3a@focus.im.example.com;isfocus>\r\nDateTime: 2026-03-02T15:02:31Z\r\n\r\nContent-Type: text/plain;charset=utf-8\r\n\r\nHello everybody";
const send = Buffer.from(
	`MSRP a1b2c3d6 SEND\r\nTo-Path: msrp://ue-bob.example.com:7654/k3j9s2x0;tcp\r\nFrom-Path: msrp://focus.im.example.com:2855/s7f3aB0b;tcp\r\nMessage-ID: m-0003\r\nByte-Range: 1-${cpim.length}/${cpim.length}\r\nContent-Type: message/cpim\r\n\r\n${cpim}\r\n-------a1b2c3d6$\r\n`,
);

function perSecond(seconds, turn) {
	const end = process.cpuUsage().user + seconds * 1e6;
	let count = 0;
	const before = process.cpuUsage();
	while (process.cpuUsage().user < end) for (let i = 0; i < 2000; i++, count++) turn();
	const used = process.cpuUsage(before);
	return Math.round(count / ((used.user + used.system) / 1e6));
}

let sum = 0;
const sip = () => {
	const message = decodeSipDatagram(ok, 0, ok.length, "udp");
	sum += message.get("call-id").length + message.get("cseq").length + message.get("from").length + message.get("to").length;
};
/** `cpim(buf, start, end)` gives the length of From */
function msrpTurn(cpim) {
	const decoder = new MsrpStreamDecoder({
		frame(frame) {
			sum += frame.toPath.length + frame.fromPath.length + frame.messageId.length + frame.contentType.length + frame.byteRange.start;
			const start = frame.start + frame.bodyOffset;
			sum += cpim(frame.bytes, start, start + frame.bodyKept);
		},
		skipped() {},
		problem() {},
	});
	return () => decoder.feed(send, 0, send.length);
}
const msrp = msrpTurn((buf, start, end) => quickCpim(buf, start, end, "192.0.2.40").from.length);
const parsed = msrpTurn((buf, start, end) => parseCpim(buf, start, end, true).from[0].uriText.length);
for (const turn of [sip, msrp, parsed]) perSecond(0.5, turn);
console.log(JSON.stringify({ sip: perSecond(1.5, sip), msrp: perSecond(1.5, msrp), parsed: perSecond(1.5, parsed), counted: sum > 0 }));
