/** What swagger-ui's style lacks: on a narrow screen, the page must not scroll sideways. */
export const STYLE = `@media (max-width: 640px) {
  .swagger-ui .wrapper {
    padding: 0 8px;
  }

  .swagger-ui .opblock-body,
  .swagger-ui .model-container,
  .swagger-ui .json-schema-2020-12 {
    max-width: 100%;
    overflow-x: auto;
  }

  .swagger-ui .opblock .opblock-summary {
    flex-wrap: wrap;
  }

  .swagger-ui .opblock .opblock-summary-path {
    max-width: 100%;
  }

  .swagger-ui .opblock-summary-description {
    flex-basis: 100%;
    overflow-wrap: anywhere;
  }

  /* Names above what is said of them, and not beside it. */
  .swagger-ui table.parameters,
  .swagger-ui table.parameters tbody,
  .swagger-ui table.parameters tr,
  .swagger-ui table.parameters td,
  .swagger-ui table.responses-table,
  .swagger-ui table.responses-table > tbody,
  .swagger-ui table.responses-table > tbody > tr,
  .swagger-ui table.responses-table > tbody > tr > td {
    display: block;
    min-width: 0;
    max-width: 100%;
    width: auto;
  }

  .swagger-ui table.parameters thead,
  .swagger-ui table.responses-table > thead {
    display: none;
  }

  .swagger-ui input,
  .swagger-ui select,
  .swagger-ui textarea,
  .swagger-ui .parameters-col_description input,
  .swagger-ui .body-param__text {
    box-sizing: border-box;
    max-width: 100% !important;
    min-width: 0 !important;
  }

  .swagger-ui .auth-wrapper,
  .swagger-ui .scheme-container .schemes {
    flex-wrap: wrap;
  }

  .swagger-ui .dialog-ux .modal-ux {
    max-width: 96vw;
    min-width: 0;
    width: 96vw;
  }

  .swagger-ui .markdown p,
  .swagger-ui .renderedMarkdown p,
  .swagger-ui .info .title,
  .swagger-ui .json-schema-2020-12__title {
    overflow-wrap: anywhere;
    white-space: normal;
  }
}
`;
