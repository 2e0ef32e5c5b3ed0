import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openGateway } from "../../../client/ports/gateways.ts";
import { mapPorts } from "../../../client/ports/port-mapping.ts";

/** A router on the loopback that speaks UPnP IGD 2, as far as the library asks it. */

const SERVICE = "urn:schemas-upnp-org:service:WANIPConnection:2";
const DESCRIPTION = `<?xml version="1.0"?><root xmlns="urn:schemas-upnp-org:device-1-0"><device>
<deviceType>urn:schemas-upnp-org:device:InternetGatewayDevice:2</deviceType><UDN>uuid:1</UDN>
<serviceList><service><serviceType>${SERVICE}</serviceType><serviceId>wan</serviceId>
<SCPDURL>/scpd.xml</SCPDURL><controlURL>/control</controlURL><eventSubURL>/event</eventSubURL></service></serviceList>
</device></root>`;

let router: Server;
let url: URL;
/** External port to the address and the port inside. */
let open: Map<string, string>;

const fieldOf = (body: string, name: string): string => new RegExp(`<${name}>([^<]*)</${name}>`).exec(body)?.[1] ?? "";
const answer = (action: string, fields: string): string =>
  `<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>` +
  `<u:${action}Response xmlns:u="${SERVICE}">${fields}</u:${action}Response></s:Body></s:Envelope>`;

function act(action: string, body: string): string {
  const port = fieldOf(body, "NewExternalPort");
  if (action === "GetExternalIPAddress")
    return answer(action, "<NewExternalIPAddress>203.0.113.9</NewExternalIPAddress>");
  if (action === "DeletePortMapping") open.delete(port);
  else open.set(port, `${fieldOf(body, "NewInternalClient")}:${fieldOf(body, "NewInternalPort")}`);
  return answer(action, `<NewReservedPort>${port}</NewReservedPort>`);
}

beforeEach(async () => {
  open = new Map();
  router = createServer(async (request, response) => {
    const action = /#(\w+)"$/.exec(String(request.headers.soapaction))?.[1];
    const body = await text(request);
    response.setHeader("content-type", "text/xml").end(action === undefined ? DESCRIPTION : act(action, body));
  }).listen(0, "127.0.0.1");
  await once(router, "listening");
  url = new URL(`http://127.0.0.1:${(router.address() as AddressInfo).port}/description.xml`);
});
afterEach(() => {
  router.closeAllConnections();
  router.close();
});

test("a router is asked for both ports, and told when they are no longer needed", async () => {
  const isMapped = Promise.withResolvers<string>();
  const mapping = mapPorts({
    ports: [6881, 6882],
    host: "192.168.1.5",
    async *findGateways() {
      yield await openGateway(url);
    },
    setTimer: () => () => undefined,
    log: isMapped.resolve,
  });
  expect(await isMapped.promise).toContain("at 203.0.113.9");
  expect(open).toEqual(new Map(["6881", "6882"].map((port) => [port, `192.168.1.5:${port}`])));
  await mapping.stop();
  expect(open).toEqual(new Map());
});
