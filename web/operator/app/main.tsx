import { render } from "preact";
import { discoverWallets } from "../../account/app/wallet/discovery.ts";
import { OwnerLogin } from "./owner-login.tsx";

const root = document.querySelector("#owner");
if (root !== null) {
  discoverWallets();
  render(<OwnerLogin />, root);
}
