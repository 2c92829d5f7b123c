/** One rule: what it is called, which leads it takes, and who takes turns. */
import { ArrowUp, Trash2 } from "lucide-react";
import { IconButton } from "../../../components/Button.tsx";
import { Checkbox, TextField } from "../../../components/Field.tsx";
import { Card } from "../../../components/Page.tsx";
import { useColleagues } from "../../../lib/colleagues.ts";
import { useWords } from "../../../lib/language.ts";

export interface Draft {
  id: number;
  name: string;
  /** JSON as it is typed */
  condition: string;
  owners: number[];
}

const EXAMPLE = '{"field": {"key": "country", "is": "FR"}}';

export function RuleCard({
  rule,
  disabled,
  broken,
  errors,
  onChange,
  onUp,
  onRemove,
}: {
  rule: Draft;
  disabled: boolean;
  /** the condition is no JSON */
  broken: boolean;
  errors: Record<string, string>;
  onChange: (to: Partial<Draft>) => void;
  onUp?: () => void;
  onRemove: () => void;
}) {
  const t = useWords();
  const { active } = useColleagues();
  const turn = (id: number, on: boolean) =>
    onChange({ owners: on ? [...rule.owners, id] : rule.owners.filter((one) => one !== id) });
  return (
    <Card>
      <div className="flex items-end gap-1">
        <TextField
          className="min-w-0 flex-1"
          label={t("assignment.name")}
          value={rule.name}
          isDisabled={disabled}
          error={errors.name}
          onChange={(name) => onChange({ name })}
        />
        {!disabled && onUp && (
          <IconButton label={`${t("assignment.up")}: ${rule.name}`} onPress={onUp}>
            <ArrowUp size={16} aria-hidden />
          </IconButton>
        )}
        {!disabled && (
          <IconButton label={`${t("assignment.remove")}: ${rule.name}`} onPress={onRemove}>
            <Trash2 size={16} aria-hidden />
          </IconButton>
        )}
      </div>
      <TextField
        className="mt-3"
        label={t("assignment.condition")}
        hint={t("assignment.conditionHint", { example: EXAMPLE })}
        value={rule.condition}
        isDisabled={disabled}
        error={broken ? t("assignment.noJson") : errors.condition}
        onChange={(condition) => onChange({ condition })}
      />
      <fieldset className="mt-3">
        <legend className="mb-1 text-sm font-medium">{t("assignment.people")}</legend>
        <div className="flex flex-wrap gap-x-4 gap-y-1">
          {active.map((user) => (
            <Checkbox
              key={user.id}
              isDisabled={disabled}
              isSelected={rule.owners.includes(user.id)}
              onChange={(on) => turn(user.id, on)}
            >
              {user.name}
            </Checkbox>
          ))}
        </div>
        {errors.owners && <p className="mt-1 text-xs text-bad">{errors.owners}</p>}
      </fieldset>
    </Card>
  );
}
