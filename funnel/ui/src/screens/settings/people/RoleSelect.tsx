/** The roles, with what each may do. */
import type { Schemas } from "../../../api/client.ts";
import { Select } from "../../../components/Field.tsx";
import { useWords } from "../../../lib/language.ts";

export type Role = Schemas["UserOut"]["role"];
const ROLES: readonly Role[] = ["viewer", "sales", "marketer", "admin"];

export function RoleSelect({ value, onChange }: { value: Role; onChange: (role: Role) => void }) {
  const t = useWords();
  return (
    <Select
      label={t("people.role")}
      hint={t(`people.may.${value}`)}
      value={value}
      onChange={(role) => onChange(role as Role)}
      choices={ROLES.map((role) => ({ value: role, label: t(`people.role.${role}`) }))}
    />
  );
}
