/**
 * `$apply` → groupings (OData Data Aggregation 4.0, 3.2):
 *
 *     transformation { / transformation }
 *     filter(condition)
 *     aggregate($count as name, property with method as name, …)
 *     groupby((property, …)), groupby((property, …),aggregate(…))
 *
 * Each may name what the one before it leaves, and nothing else. What OData has besides is refused
 * by name.
 */
import { shorten } from '../../errors/graph-error.js';
import { describeType, type Property, type StructuredType } from '../edm.js';
import { ExpressionBudget } from '../expressions/expression-budget.js';
import {
  ExpressionParser,
  requireFilter,
  type ExpressionContext,
} from '../expressions/expression-parser.js';
import type { Expression } from '../expressions/expression.js';
import { tokenize } from '../expressions/lexer.js';
import { syntaxError, type Fault } from '../expressions/syntax-error.js';
import { TokenReader } from '../expressions/token-reader.js';
import { COUNT, findResultType } from './aggregate-result.js';
import {
  METHODS,
  narrow,
  toResultType,
  type Aggregate,
  type Applied,
  type Method,
} from './aggregation.js';
import {
  TRANSFORMATIONS,
  UNSUPPORTED_GROUPINGS,
  UNSUPPORTED_TRANSFORMATIONS,
  type Transformation,
} from './transformations.js';

/** Groupings stand within one another in SQL. */
export const MAX_TRANSFORMATIONS = 10;

/** In all transformations together. */
export const MAX_AGGREGATES = 20;

/** CSDL 4.01, 15.2. */
const SIMPLE_IDENTIFIER = /^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Nd}\p{Mn}\p{Mc}\p{Pc}\p{Cf}]{0,127}$/u;

/** `context` is that of the collection's type. */
export function parseApply(text: string, context: ExpressionContext): Applied {
  return new ApplyParser(text, context).whole();
}

class ApplyParser {
  private readonly reader: TokenReader;
  private readonly budget = new ExpressionBudget();
  private applied: Applied = { filter: undefined, groupings: [] };
  private aggregates = 0;
  /** The names of the results of one transformation, in lower case. */
  private readonly aliases = new Set<string>();

  constructor(
    text: string,
    private readonly context: ExpressionContext,
  ) {
    this.reader = new TokenReader(tokenize(text, context.option), this.fault);
  }

  whole(): Applied {
    let transformations = 0;
    do {
      transformations += 1;
      if (transformations > MAX_TRANSFORMATIONS) {
        throw this.fault(
          `There are more than ${String(MAX_TRANSFORMATIONS)} transformations`,
          this.reader.token.at,
        );
      }
      this.transformation();
    } while (this.reader.takePunctuation('/'));
    this.reader.requireEnd();
    return this.applied;
  }

  /** What the transformations so far leave. */
  private get type(): StructuredType {
    return toResultType(this.context.entityType, this.applied.groupings);
  }

  private transformation(): void {
    switch (this.takeTransformation()) {
      case 'filter':
        this.filter();
        break;
      case 'aggregate':
        this.group([], this.listOfAggregates());
        break;
      case 'groupby':
        this.groupBy();
    }
  }

  private takeTransformation(): Transformation {
    const { text, at } = this.reader.takeName();
    const name = TRANSFORMATIONS.find((each) => each === text.toLowerCase());
    if (name === undefined) {
      if (UNSUPPORTED_TRANSFORMATIONS.has(text.toLowerCase())) {
        throw this.fault(`The transformation '${text}' is not supported,`, at, {
          code: 'NotImplemented',
        });
      }
      throw this.fault(`There is no transformation '${shorten(text)}'`, at);
    }
    this.reader.require('(');
    return name;
  }

  private filter(): void {
    const condition = requireFilter(this.expression('filter on'), this.context.option);
    this.reader.require(')');
    this.applied = narrow(this.applied, condition);
  }

  private groupBy(): void {
    this.reader.require('(');
    const keys = new Set(this.listOf(() => this.key()));
    this.group([...keys], this.reader.takePunctuation(',') ? this.ofEachGroup() : []);
    this.reader.require(')');
  }

  private ofEachGroup(): Aggregate[] {
    const { at } = this.reader.token;
    const transformation = this.takeTransformation();
    if (transformation !== 'aggregate') {
      throw this.fault(`Of groups only 'aggregate' is supported, not '${transformation}',`, at, {
        code: 'NotImplemented',
      });
    }
    const aggregates = this.listOfAggregates();
    const { token } = this.reader;
    if (!this.reader.takePunctuation('/')) return aggregates;
    throw this.fault(
      "Nothing behind 'aggregate' is supported within 'groupby'; it can stand behind the latter,",
      token.at,
      { code: 'NotImplemented' },
    );
  }

  private group(keys: readonly Property[], aggregates: readonly Aggregate[]): void {
    const properties = [...keys, ...aggregates.map(({ result }) => result)];
    const type = { properties, enumerations: this.type.enumerations };
    const grouping = { keys, aggregates, filter: undefined, type };
    this.applied = { ...this.applied, groupings: [...this.applied.groupings, grouping] };
  }

  private key(): Property {
    const { token } = this.reader;
    const name = token.kind === 'name' ? token.text.toLowerCase() : '';
    if ((UNSUPPORTED_GROUPINGS as readonly string[]).includes(name)) {
      throw this.fault(`'${name}' is not supported,`, token.at, { code: 'NotImplemented' });
    }
    const key = this.expression('group by');
    if (key.kind === 'property') return key.property;
    throw this.fault('What to group by is a property, which this is not', key.at);
  }

  private listOfAggregates(): Aggregate[] {
    this.aliases.clear();
    return this.listOf(() => this.aggregate());
  }

  private aggregate(): Aggregate {
    const { token } = this.reader;
    this.aggregates += 1;
    if (this.aggregates > MAX_AGGREGATES) {
      throw this.fault(`There are more than ${String(MAX_AGGREGATES)} aggregates`, token.at);
    }
    if (this.reader.takeWord('$count') !== undefined) {
      return { method: 'count', result: { ...COUNT, name: this.alias() } };
    }
    const of = this.aggregated();
    const method = this.method();
    const result = findResultType(method, of);
    if (result === undefined) {
      const message = `'${method}' takes numbers, and '${of.name}' is ${describeType(of.type)},`;
      throw this.fault(message, token.at);
    }
    if (this.reader.token.kind === 'name' && this.reader.token.text.toLowerCase() === 'from') {
      throw this.fault("'from' is not supported,", this.reader.token.at, {
        code: 'NotImplemented',
      });
    }
    return { method, of, result: { ...result, name: this.alias() } };
  }

  private aggregated(): Property {
    const of = this.expression('aggregate');
    if (of.kind !== 'property') {
      throw this.fault('Only a property can be aggregated, not this', of.at, {
        code: 'NotImplemented',
      });
    }
    if (this.reader.takeWord('with') !== undefined) return of.property;
    const { name } = of.property;
    throw this.fault(
      `There is no custom aggregate '${name}': say how, as in '${name} with max as most',`,
      of.at,
      { code: 'NotImplemented' },
    );
  }

  private method(): Method {
    const { text, at } = this.reader.takeName();
    const method = METHODS.find((each) => each === text.toLowerCase());
    if (method !== undefined) return method;
    const shown = shorten(text);
    if (text.includes('.')) {
      const message = `Custom aggregation methods such as '${shown}' are not supported,`;
      throw this.fault(message, at, { code: 'NotImplemented' });
    }
    const known = METHODS.join(', ');
    throw this.fault(`There is no aggregation method '${shown}' (there are ${known})`, at);
  }

  /** Another name than all that could be meant by it (3.1.1), in whatever case. */
  private alias(): string {
    const { token } = this.reader;
    if (this.reader.takeWord('as') === undefined) {
      throw this.fault("'as' and a name for the result are expected", token.at);
    }
    const { text, at } = this.reader.takeName();
    if (!SIMPLE_IDENTIFIER.test(text)) {
      throw this.fault(
        `'${shorten(text)}' is no name: up to 128 letters, digits and underscores are`,
        at,
      );
    }
    const folded = text.toLowerCase();
    const others = [...this.context.entityType.properties, ...this.type.properties];
    const isTaken = others.some(({ name }) => name.toLowerCase() === folded);
    if (isTaken || this.aliases.has(folded)) {
      throw this.fault(`Something else is called '${text}' already,`, at);
    }
    this.aliases.add(folded);
    return text;
  }

  /** An expression of what there is at this place; all of them share one budget. */
  private expression(purpose: string): Expression {
    const context = { ...this.context, entityType: this.type, purpose };
    return new ExpressionParser(this.reader, context, [], this.budget).expression();
  }

  private listOf<T>(read: () => T): T[] {
    const items: T[] = [];
    do items.push(read());
    while (this.reader.takePunctuation(','));
    this.reader.require(')');
    return items;
  }

  private readonly fault: Fault = (message, at, code) =>
    syntaxError(message, at, this.context.option, code);
}
