/** Whose leads: mine, nobody's, a colleague's. */
import { Select } from "../../components/Field.tsx";
import { useColleagues } from "../../lib/colleagues.ts";
import { useWords } from "../../lib/language.ts";
import { useSession } from "../../lib/session.ts";
import type { Asked } from "./asked.ts";

export function OwnerFilter({ asked, onNarrow }: { asked: Asked; onNarrow: (change: Asked) => void }) {
  const t = useWords();
  const { heard } = useSession();
  const { known } = useColleagues();
  const me = heard?.session.user?.id;
  return (
    <Select
      hidden
      label={t("owner.title")}
      className="min-w-40 max-sm:flex-1"
      value={asked.owner ?? ""}
      onChange={(owner) => onNarrow({ owner: owner || undefined })}
      choices={[
        { value: "", label: t("owner.any") },
        ...(me === undefined ? [] : [{ value: String(me), label: t("owner.mine") }]),
        { value: "0", label: t("owner.nobodys") },
        ...known.filter((user) => user.id !== me).map((user) => ({ value: String(user.id), label: user.name })),
      ]}
    />
  );
}
