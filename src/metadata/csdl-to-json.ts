/**
 * A model → CSDL JSON (OData CSDL JSON Representation 4.01). What has its default value is left
 * out, as the text asks.
 */
import {
  findVocabulary,
  type Annotation,
  type Csdl,
  type EntityType,
  type Expression,
  type NavigationProperty,
  type Property,
} from './csdl.js';

type JsonObject = Record<string, unknown>;

export function toCsdlJson(csdl: Csdl): JsonObject {
  const json = new JsonRenderer(csdl);
  return json.document();
}

class JsonRenderer {
  constructor(private readonly csdl: Csdl) {}

  document(): JsonObject {
    const { csdl } = this;
    const schema = {
      $Alias: csdl.alias,
      ...toMembers(csdl.enumTypes, ({ members, annotations }) => ({
        $Kind: 'EnumType',
        ...Object.fromEntries(members.map((member, value) => [member, value])),
        ...this.annotations(annotations),
      })),
      ...toMembers(csdl.entityTypes, (type) => this.entityType(type)),
      [csdl.container]: {
        $Kind: 'EntityContainer',
        ...this.annotations(csdl.containerAnnotations),
        ...toMembers([csdl.singleton], ({ type, annotations }) => ({
          $Type: type,
          ...this.annotations(annotations),
        })),
      },
      $Annotations: Object.fromEntries(
        csdl.targets.map(({ target, annotations }) => [target, this.annotations(annotations)]),
      ),
    };
    return {
      $Version: csdl.version,
      // The one place where the namespace itself must stand (section 4.1).
      $EntityContainer: `${csdl.namespace}.${csdl.container}`,
      $Reference: Object.fromEntries(
        csdl.vocabularies.map(({ url, namespace, alias }) => [
          `${url}.json`,
          { $Include: [{ $Namespace: namespace, $Alias: alias }] },
        ]),
      ),
      [csdl.namespace]: schema,
    };
  }

  private entityType(type: EntityType): JsonObject {
    return {
      $Kind: 'EntityType',
      ...(type.isAbstract === true ? { $Abstract: true } : {}),
      ...(type.baseType === undefined ? {} : { $BaseType: type.baseType }),
      ...(type.key === undefined ? {} : { $Key: [type.key] }),
      ...toMembers(type.properties, (property) => this.property(property)),
      ...toMembers(type.navigations, (navigation) => this.navigation(navigation)),
      ...this.annotations(type.annotations),
    };
  }

  private property(property: Property): JsonObject {
    const { type, isNullable, maxLength, precision, defaultValue, annotations } = property;
    return {
      ...(type === 'Edm.String' ? {} : { $Type: type }),
      ...(isNullable ? { $Nullable: true } : {}),
      ...(maxLength === undefined ? {} : { $MaxLength: maxLength }),
      ...(precision === undefined ? {} : { $Precision: precision }),
      ...(defaultValue === undefined ? {} : { $DefaultValue: defaultValue }),
      ...this.annotations(annotations),
    };
  }

  private navigation({ type, isCollection, annotations }: NavigationProperty): JsonObject {
    return {
      $Kind: 'NavigationProperty',
      ...(isCollection ? { $Collection: true } : {}),
      $Type: type,
      $ContainsTarget: true,
      ...this.annotations(annotations),
    };
  }

  private annotations(annotations: readonly Annotation[], prefix = ''): JsonObject {
    return Object.assign(
      {},
      ...annotations.map(({ term, value, annotations: more = [] }) => ({
        [`${prefix}@${term}`]: this.expression(value),
        ...this.annotations(more, `${prefix}@${term}`),
      })),
    ) as JsonObject;
  }

  private expression(expression: Expression): unknown {
    if (typeof expression !== 'object') return expression;
    if (isList(expression)) return expression.map((item) => this.expression(item));
    if ('member' in expression) return expression.member;
    if ('propertyPath' in expression) return expression.propertyPath;
    const { type, record, annotations = [] } = expression;
    return {
      ...(type === undefined ? {} : { '@odata.type': this.typeUrl(type) }),
      ...Object.fromEntries(
        Object.entries(record).map(([name, value]) => [name, this.expression(value)]),
      ),
      ...this.annotations(annotations),
    };
  }

  private typeUrl(type: string): string {
    return `${findVocabulary(this.csdl, type)!.url}.json#${type}`;
  }
}

function isList(expression: Expression): expression is readonly Expression[] {
  return Array.isArray(expression);
}

function toMembers<T extends { name: string }>(
  elements: readonly T[],
  toJson: (element: T) => JsonObject,
): JsonObject {
  return Object.fromEntries(elements.map((element) => [element.name, toJson(element)]));
}
