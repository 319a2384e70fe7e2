import { namesFrom, type Words } from './words.js'

export const chinese: Words = {
  given: namesFrom(
    '伟=wei 芳=fang 娜=na 敏=min 静=jing 丽=li 强=qiang 磊=lei 洋=yang 艳=yan 勇=yong 杰=jie 秀英=xiuying 建国=jianguo'
  ),
  family: namesFrom('王=wang 李=li 张=zhang 刘=liu 陈=chen 杨=yang 赵=zhao 黄=huang 周=zhou 吴=wu 徐=xu 孙=sun'),
  isFamilyFirst: true,
  topics: [
    '第三季度预算',
    '指导会议纪要',
    '新的门禁读卡器',
    '备件交付',
    '团队活动计划',
    '年度报告草稿',
    '二楼的打印机',
    '研讨会邀请',
    '与承运商的合同',
    '对样机的意见',
    '差旅费用',
    '休假安排'
  ],
  sentences: [
    '附件是最新版本，欢迎在星期五之前提出意见。',
    '因为有两位同事乘火车到达，我把会议推迟了半小时。',
    '数字比预期的好，只是最后一列还需要核对。',
    '能否告诉我贵方由谁负责审批？',
    '在新流程经过测试之前，我们仍然使用旧流程。',
    '零件今天早上已经出库，预计明天到达。',
    '日程没有变化，只是两个报告的顺序换了一下。',
    '下周我不在办公室，细节请联系张静。',
    '非常感谢您的快速答复。',
    '如果天气好，我们在老地方见面。'
  ],
  greeting: name => `${name}，您好：`,
  closing: '此致敬礼',
  reply: '答复: ',
  meetings: ['每周例会', '下一版本计划', '面试', '预算会议', '总结'],
  rooms: ['第一会议室', '南会议室', '图书室', '食堂'],
  tasks: ['订购新椅子', '更新证书', '填写调查表', '撰写会议纪要', '预订火车票'],
  companies: ['北风桥梁公司', '港灯贸易', '橡树船锚', '磨石出版社'],
  titles: ['工程师', '销售经理', '会计', '采购员', '项目经理'],
  categories: ['客户', '财务', '个人']
}
