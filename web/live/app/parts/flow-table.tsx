import { formatBytes } from "../../../../protocol/base/units.ts";
import { DataTable } from "../../../kit/live/data-table.tsx";
import type { Picture } from "../../picture.ts";

/** The lines of the picture in words: what each peer has sold to each other one. */
export function FlowTable({ shown }: { shown: Picture }) {
  const { peers, flows } = shown;
  const sold = new Map(flows.map(({ seller, buyer, bytes }) => [`${seller} ${buyer}`, bytes]));
  const sellers = peers.filter(({ name }) => flows.some(({ seller, bytes }) => seller === name && bytes > 0));
  if (sellers.length === 0) return null;
  return (
    <details class="flows">
      <summary>Who has sold what to whom</summary>
      <DataTable
        label="Bytes that were sold and paid, by seller and buyer"
        rows={sellers}
        keyOf={({ name }) => name}
        columns={[
          { name: "Seller", isHead: true, cell: ({ name }) => name },
          ...peers.map((buyer) => ({
            name: `to ${buyer.name}`,
            isNumber: true,
            cell: (seller: (typeof peers)[number]) => {
              const bytes = sold.get(`${seller.name} ${buyer.name}`) ?? 0;
              return bytes === 0 ? <span class="soft">-</span> : formatBytes(bytes);
            },
          })),
        ]}
      />
    </details>
  );
}
