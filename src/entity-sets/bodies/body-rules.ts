/**
 * class-validator's rules of a DTO, read once and asked directly. The library gathers and sorts
 * them anew for each object, which costs more than the rules do; it is asked where one is broken,
 * for what it has to say.
 */
import { getMetadataStorage, ValidationTypes } from 'class-validator';

export type DtoClass<Dto extends object> = new () => Dto;

interface BodyRules {
  /** The names of the DTO's decorated properties: the one allow-list of what a body may hold. */
  properties: ReadonlySet<string>;
  /**
   * Whether no rule is broken. It can be too strict, where a rule is of a kind that is not known
   * here.
   */
  isValid: (dto: object) => boolean;
}

type Rule = (dto: object) => boolean;

const rules = new WeakMap<DtoClass<object>, BodyRules>();

export function rulesOf(Dto: DtoClass<object>): BodyRules {
  let known = rules.get(Dto);
  if (known === undefined) {
    known = readRules(Dto);
    rules.set(Dto, known);
  }
  return known;
}

function readRules(Dto: DtoClass<object>): BodyRules {
  const storage = getMetadataStorage();
  const metadata = storage.getTargetValidationMetadatas(Dto, '', false, false);
  const properties = new Set(metadata.map(({ propertyName }) => propertyName));
  const ofEach = [...properties].map((name): Rule => {
    const own = metadata.filter(({ propertyName }) => propertyName === name);
    const conditions = own.filter(({ type }) => type === ValidationTypes.CONDITIONAL_VALIDATION);
    const others = own.filter((each) => !conditions.includes(each));
    const isKnown = others.every(
      ({ type, each, validateIf }) =>
        type === ValidationTypes.CUSTOM_VALIDATION && !each && validateIf === undefined,
    );
    const validators = others
      .flatMap(({ constraintCls }) => storage.getTargetValidatorConstraints(constraintCls))
      .map(({ instance }) => instance);
    const applies = conditions.map(
      ({ constraints: [condition] }) => condition as (dto: object, value: unknown) => boolean,
    );
    return (dto) => {
      const value: unknown = Reflect.get(dto, name);
      if (!applies.every((condition) => condition(dto, value))) return true;
      return isKnown && validators.every((validator) => validator.validate(value) === true);
    };
  });
  return { properties, isValid: (dto) => ofEach.every((rule) => rule(dto)) };
}
